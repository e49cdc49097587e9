// Each behaviour is a module of its own, fetched only by pages that have its
// data- attribute. Without any of them every page still works.
const behaviours = {
};

for (const [name, selector] of Object.entries(behaviours)) {
  const places = document.querySelectorAll(selector);
  if (places.length) import(`./${name}.js`).then((m) => places.forEach(m.default));
}
