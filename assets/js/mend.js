// What the server refused stays red until the field holds something else that
// the browser finds right; what was refused is red again when it comes back.
export default function mend(field) {
  const refused = field.value;
  const said = field.getAttribute('aria-describedby') ?? '';
  field.addEventListener('change', () => {
    const mended = field.value !== refused && field.validity.valid;
    field.setAttribute('aria-invalid', !mended);
    field.setAttribute('aria-describedby', mended ? said.replace(`${field.id}-problem`, '').trim() : said);
  });
}
