/* A constructed style sheet, which a strict page allows where it refuses `<style>`. */

export function sheet(css: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
}
