// The number of things in the cart, from a cookie: shop pages are the same for
// everybody and come from a cache, only the browser knows whose cart it is.
export default function cartCount(el) {
  const label = el.closest('a').querySelector('[data-cart-text]');
  const show = () => {
    const n = Number(/(?:^|; )awil_cart_n=(\d+)/.exec(document.cookie)?.[1] ?? 0);
    el.hidden = !n;
    el.textContent = n > 99 ? '99+' : n;
    label.textContent = n ? el.dataset.cartCount.replace('{n}', n) : '';
  };
  show();
  addEventListener('pageshow', (e) => e.persisted && show()); // back to a page the browser kept
}
