-- +goose Up

-- What is checked when an order is written stays as it was; how it is asked costs less. The rows of one statement are few:
-- each is looked up by its key, without joining and sorting them first.
-- +goose StatementBegin
create or replace function order_still_adds_up() returns trigger language plpgsql as $$
declare broken bigint;
begin
    if tg_table_name = 'order_lines' then
        select a.order_id into broken from added a
        where (select o.goods_minor from orders o where o.id = a.order_id)
           <> (select sum(l.line_minor) from order_lines l where l.order_id = a.order_id) limit 1;
    else
        select a.order_id into broken from added a
        where (select o.shipping_minor from orders o where o.id = a.order_id)
           <> (select sum(p.shipping_minor) from parcels p where p.order_id = a.order_id) limit 1;
    end if;
    if broken is not null then
        raise exception 'order % does not add up with more %', broken, tg_table_name using errcode = 'check_violation';
    end if;
    return null;
end $$;

create or replace function order_adds_up() returns trigger language plpgsql as $$
begin
    if (select coalesce(sum(line_minor), 0) from order_lines where order_id = new.id) <> new.goods_minor
       or (select coalesce(sum(shipping_minor), 0) from parcels where order_id = new.id) <> new.shipping_minor then
        raise exception 'order % does not add up: lines %, parcels %', new.id,
            (select coalesce(sum(line_minor), 0) from order_lines where order_id = new.id),
            (select coalesce(sum(shipping_minor), 0) from parcels where order_id = new.id) using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd

-- A function of SQL is taken apart anew by each statement whose constraints call it; one of PL/pgSQL once a connection.
-- +goose StatementBegin
create or replace function covers(price_minor bigint, currency text, base_minor bigint, base text, rate numeric)
returns boolean language plpgsql immutable parallel safe as $$
begin
    return base_minor * rate * minor_per_major(currency) < (price_minor::numeric + 1) * minor_per_major(base);
end $$;
-- +goose StatementEnd
