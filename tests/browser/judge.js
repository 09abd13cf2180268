// What a browser says of a page: the tags of its elements in document order, and what each selector selects of them.
//
// A page in quirks mode is asked twice: as it is, and with the same tree in a document of the standard mode, where
// classes and ids are compared with their case.
(html) => {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  const quirks = parsed.compatMode === "BackCompat";
  const tags = Array.from(parsed.querySelectorAll("*"), (element) => element.localName);

  const ask = (page) => {
    const number = new Map(Array.from(page.querySelectorAll("*"), (element, i) => [element, i]));
    const found = {};
    const refused = [];
    globalThis.selectors.forEach((selector, at) => {
      try {
        const elements = page.querySelectorAll(selector);
        if (elements.length) {
          found[at] = Array.from(elements, (element) => number.get(element));
        }
      } catch (error) {
        refused.push(at);
      }
    });
    return { found, refused };
  };

  const asParsed = ask(parsed);
  if (!quirks) {
    return { tags, quirks, found: asParsed.found, inQuirks: {}, refused: asParsed.refused };
  }
  const standard = document.implementation.createHTMLDocument("");
  standard.replaceChild(standard.adoptNode(parsed.documentElement), standard.documentElement);
  const asStandard = ask(standard);
  return { tags, quirks, found: asStandard.found, inQuirks: asParsed.found, refused: asParsed.refused };
}
