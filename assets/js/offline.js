// Says so while there is no connection.
export default function offline(el) {
  const show = () => { el.hidden = navigator.onLine; };
  addEventListener('online', show);
  addEventListener('offline', show);
  show();
}
