/* Files that wait to be sent, kept in IndexedDB so that a reload does not lose them. */

const STORE = "files";

function request<T>(
  run: (store: IDBObjectStore) => IDBRequest<T>,
  mode: IDBTransactionMode,
): Promise<T | null> {
  return new Promise((resolve) => {
    const give = () => resolve(null);
    try {
      const opening = indexedDB.open("frontdesk", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
      opening.onerror = give;
      opening.onsuccess = () => {
        const transaction = opening.result.transaction(STORE, mode);
        const asked = run(transaction.objectStore(STORE));
        transaction.oncomplete = () => {
          opening.result.close();
          resolve(asked.result);
        };
        transaction.onerror = transaction.onabort = give;
      };
    } catch {
      give();
    }
  });
}

export interface Files {
  put(key: string, file: File): Promise<unknown>;
  get(key: string): Promise<File | null>;
  remove(key: string): Promise<unknown>;
}

/** Memory first; the database is only read for what an earlier page left. */
export function openFiles(): Files {
  const held = new Map<string, File>();
  return {
    put(key, file) {
      held.set(key, file);
      return request((store) => store.put(file, key), "readwrite");
    },
    async get(key) {
      return held.get(key) ?? (await request((store) => store.get(key) as IDBRequest<File>, "readonly"));
    },
    remove(key) {
      held.delete(key);
      return request((store) => store.delete(key), "readwrite");
    },
  };
}
