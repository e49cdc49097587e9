// What becomes of a number while it is typed: asks the address in data-quote,
// with the field named in data-quote-of, and shows the answer in its own place.
const pause = 300;

export default function quote(el) {
  const field = document.getElementById(el.dataset.quoteOf);
  let timer, asked = 0;
  async function ask() {
    const mine = ++asked;
    const url = `${el.dataset.quote}?${new URLSearchParams([[field.name, field.value]])}`;
    try {
      const res = await fetch(url);
      if (!res.ok || res.redirected) return;
      const html = await res.text();
      if (mine === asked) el.innerHTML = html;
    } catch { /* no connection: it is told when the form is saved */ }
  }
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(ask, pause);
  });
}
