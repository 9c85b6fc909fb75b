/** How a picture asks to be shown large. */

import { createContext, useContext } from "react";

export type OpenPicture = (url: string, name: string) => void;

export const LightboxContext = createContext<OpenPicture>(() => undefined);

export function useLightbox(): OpenPicture {
  return useContext(LightboxContext);
}
