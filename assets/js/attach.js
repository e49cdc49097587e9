// Fetches a behaviour only for pages that have its places. A behaviour is a
// module of that name whose default function gets one element.
export function attach(behaviours) {
  for (const [name, selector] of Object.entries(behaviours)) {
    const places = document.querySelectorAll(selector);
    if (places.length) import(`./${name}.js`).then((m) => places.forEach((place) => m.default(place)));
  }
}
