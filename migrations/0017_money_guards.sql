-- +goose Up

-- What docs/money.md says of refunds, releases, requests and the books, held by the database against our own mistakes.
-- Rows that are here already are not looked at again; awil ledger check looks at all.

-- Refunds: what was decided stays. How the money went is written when it goes, and once.
create trigger refund_decided before update on refunds for each row
    when ((old.request_id, old.form_token, old.reason, old.decided_by, old.written_in)
          is distinct from (new.request_id, new.form_token, new.reason, new.decided_by, new.written_in))
    execute function agreed_is_fixed('what was decided');
create trigger refund_named_once before update of provider_ref on refunds for each row
    when (old.provider_ref is not null and old.provider_ref is distinct from new.provider_ref)
    execute function agreed_is_fixed('the provider''s name');
-- Another sends it when it is sent or refused, or when a provider turns out to have sent it.
create trigger refund_method before update of method on refunds for each row
    when (old.method <> new.method
          and not (old.status <> new.status and new.status in ('sent', 'failed'))
          and not (old.provider_ref is null and new.provider_ref is not null))
    execute function agreed_is_fixed('how it goes back');
create trigger refund_sending before update on refunds for each row
    when (not (old.status <> 'sent' and new.status = 'sent')
          and ((old.proof, old.till, old.sent_by, old.sendings) is distinct from (new.proof, new.till, new.sent_by, new.sendings)
               or old.sent_at is distinct from new.sent_at and not (old.status = 'sent' and new.status = 'failed' and new.sent_at is null)))
    execute function agreed_is_fixed('how it was sent');
create trigger refund_sent_again before update of status on refunds for each row
    when (old.status <> 'sent' and new.status = 'sent' and new.sendings <> old.sendings + 1)
    execute function agreed_is_fixed('how often it was sent');

-- A refund and the books agree when the transaction commits: what was decided is booked once, and it is booked as sent and
-- as come back as often as it was.
-- +goose StatementBegin
create function check_refund(which bigint) returns void language plpgsql as $$
declare r refunds; decided int; sent int; back int; odd int;
begin
    select * into r from refunds where id = which;
    select count(*) filter (where t.rule = 'refund'), count(*) filter (where t.rule = 'refund_sent'),
           count(*) filter (where t.rule = 'refund_failed'),
           count(*) filter (where r.amount_minor is distinct from case t.rule when 'refund_sent' then e.buyer else -e.buyer end)
    into decided, sent, back, odd
    from ledger_transactions t
    left join lateral (
        select sum(amount_minor) as buyer from ledger_entries x join ledger_accounts a on a.id = x.account_id
        where x.transaction_id = t.id and a.kind = 'buyer' and x.currency = r.currency) e on true
    where t.subject = 'refund' and t.subject_id = which and t.rule in ('refund', 'refund_sent', 'refund_failed')
      and not exists (select from ledger_transactions c where c.reverses = t.id);
    if decided <> (r.kind = 'order')::int or sent <> r.sendings or back <> r.sendings - (r.status = 'sent')::int or odd > 0 then
        raise exception 'refund %, which is % and was sent % times, is not what the books say', r.id, r.status, r.sendings
            using errcode = 'check_violation';
    end if;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function refund_whole() returns trigger language plpgsql as $$
begin
    perform check_refund(new.id);
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger refund_whole after insert or update of status, sendings on refunds deferrable initially deferred
    for each row execute function refund_whole();

-- An order is refunded when nothing that was paid for is left of it: as orders.Refundable.Over has it.
-- +goose StatementBegin
create function order_refunded_whole() returns trigger language plpgsql as $$
begin
    if not exists (select from refund_lines where order_id = new.id) or exists (
        select from order_lines l join parcels p on p.id = l.parcel_id
        where l.order_id = new.id and case
            when case new.payment_method when 'cod' then exists (select from cash_taken c where c.parcel_id = p.id) else new.paid_at is not null end
            then l.quantity > (select coalesce(sum(r.quantity), 0) from refund_lines r where r.line_id = l.id)
            else p.status not in ('cancelled', 'returned') end)
    then
        raise exception 'order % is refunded, and something of it is not', new.id using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger order_refunded after update of status on orders deferrable initially deferred
    for each row when (new.status = 'refunded' and old.status <> 'refunded') execute function order_refunded_whole();

-- An order counts as paid only with money that came for it, whatever has become of it since.
-- +goose StatementBegin
create or replace function check_order_money(which bigint) returns void language plpgsql as $$
declare o record; kept boolean;
begin
    select status, payment_method, paid_at is not null as paid into o from orders where id = which;
    kept := exists (select from payments where order_id = which and status = 'succeeded' and not refund_due);
    if not kept and o.status in ('paid', 'packed', 'shipped', 'delivered', 'completed', 'refunded') and (o.paid or o.payment_method <> 'cod') then
        raise exception 'order % is % without its money', which, o.status using errcode = 'check_violation';
    end if;
    if kept and o.status in ('placed', 'expired', 'cancelled') then
        raise exception 'order % is % and keeps money', which, o.status using errcode = 'check_violation';
    end if;
    if o.paid and not kept and (o.status in ('placed', 'expired')
        or not exists (select from payments where order_id = which and status = 'succeeded'))
    then
        raise exception 'order % is % and counts as paid', which, o.status using errcode = 'check_violation';
    end if;
end $$;
-- +goose StatementEnd

create trigger payment_received_once before update on payments for each row
    when (old.received_minor is not null
          and (old.received_minor, old.received_currency) is distinct from (new.received_minor, new.received_currency))
    execute function agreed_is_fixed('what came');
create trigger payment_owed_back before update of refund_due on payments for each row
    when (old.refund_due and not new.refund_due) execute function agreed_is_fixed('that it goes back');

-- What a producer earned with a parcel counts as released when the books say so: it was booked, or she has the cash
-- herself, or all of it had gone back; and then nothing of it is left in her reserve.
-- +goose StatementBegin
create function check_release(which bigint) returns void language plpgsql as $$
declare released boolean; booked boolean; hers boolean; sold boolean; left_over boolean;
begin
    select released_at is not null into released from parcels where id = which;
    booked := exists (select from ledger_transactions t where t.rule = 'earnings_released' and t.subject = 'parcel' and t.subject_id = which
        and not exists (select from ledger_transactions c where c.reverses = t.id));
    hers := exists (select from cash_taken where parcel_id = which and collector = 'producer');
    sold := exists (select from ledger_entries where parcel_id = which);
    left_over := exists (select from ledger_entries e join ledger_accounts a on a.id = e.account_id
        where e.parcel_id = which and a.kind = 'producer_reserve' group by e.currency having sum(e.amount_minor) <> 0);
    if released and (not sold or left_over) or not released and (booked or hers) then
        raise exception 'what was earned with parcel % is not released as the books say', which using errcode = 'check_violation';
    end if;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function parcel_released_whole() returns trigger language plpgsql as $$
begin
    perform check_release(new.id);
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger parcel_released after update of released_at on parcels deferrable initially deferred
    for each row when (old.released_at is distinct from new.released_at) execute function parcel_released_whole();
create trigger parcel_releases_once before update of releases_at on parcels for each row
    when (old.releases_at is not null and old.releases_at is distinct from new.releases_at
          and not (new.releases_at is null and new.status = 'returned'))
    execute function agreed_is_fixed('when its earnings are released');

-- What the books are about exists, and is of the order they name. Refunds and releases that the books speak of are as they say.
-- +goose StatementBegin
create function ledger_subject_exists() returns trigger language plpgsql as $$
declare found_it boolean;
begin
    case new.subject
        when 'payment' then found_it := exists (select from payments where id = new.subject_id and order_id = new.order_id);
        when 'parcel' then found_it := exists (select from parcels where id = new.subject_id and order_id = new.order_id);
        when 'refund' then found_it := exists (select from refunds where id = new.subject_id and order_id = new.order_id);
        when 'dispute' then found_it := exists (select from disputes where id = new.subject_id and order_id = new.order_id);
        when 'charge' then found_it := exists (select from provider_charges where id = new.subject_id);
        when 'payout' then found_it := exists (select from payouts where id = new.subject_id);
        when 'import_line' then found_it := exists (select from import_lines where id = new.subject_id);
        when 'entry' then found_it := exists (select from manual_entries where id = new.subject_id);
        else found_it := new.reverses is not null; -- a correction: its foreign key says so
    end case;
    if not found_it then
        raise exception 'ledger transaction % (%) is of % %, which there is not', new.id, new.rule, new.subject, new.subject_id
            using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger ledger_subject after insert on ledger_transactions deferrable initially deferred
    for each row execute function ledger_subject_exists();

-- +goose StatementBegin
create function ledger_facts_agree() returns trigger language plpgsql as $$
declare t ledger_transactions := new;
begin
    if new.reverses is not null then
        select * into t from ledger_transactions where id = new.reverses;
    end if;
    if t.subject = 'refund' then
        perform check_refund(t.subject_id);
    elsif t.rule in ('earnings_released', 'cash_collected') then
        perform check_release(t.subject_id);
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger ledger_facts after insert on ledger_transactions deferrable initially deferred for each row
    when (new.subject = 'refund' or new.rule in ('earnings_released', 'cash_collected') or new.reverses is not null)
    execute function ledger_facts_agree();

-- What a buyer asks about comes with her request, and is of her order.
alter table refund_requests add column written_in xid8 not null default pg_current_xact_id();
create trigger refund_request_written before update of written_in on refund_requests for each row
    when (old.written_in <> new.written_in) execute function agreed_is_fixed('what was asked');

-- +goose StatementBegin
create function refund_request_parts() returns trigger language plpgsql as $$
begin
    if exists (select from added a join refund_requests q on q.id = a.request_id where q.written_in <> pg_current_xact_id()) then
        raise exception 'what a request is about comes with it' using errcode = 'restrict_violation';
    end if;
    if tg_table_name = 'refund_request_lines' and exists (
        select from added a join refund_requests q on q.id = a.request_id join order_lines l on l.id = (to_jsonb(a) ->> 'line_id')::bigint
        where l.order_id <> q.order_id or (to_jsonb(a) ->> 'quantity')::int > l.quantity)
    then
        raise exception 'a request is about what its order sold' using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create trigger refund_request_lines_in_time after insert on refund_request_lines referencing new table as added
    for each statement execute function refund_request_parts();
create trigger refund_request_photos_in_time after insert on refund_request_photos referencing new table as added
    for each statement execute function refund_request_parts();

-- Whose order a picture was sent with that no producer has: a request takes up no others.
create table order_photos (
    photo_id bigint not null references photos on delete cascade,
    order_id bigint not null references orders,
    sent_at  timestamptz not null default now(),
    primary key (photo_id, order_id)
);
create index on order_photos (order_id, sent_at);

-- Nothing that money hangs on is emptied; and where things may go is said by migrations alone, which take these two
-- triggers off a table for as long as they write to it.
-- +goose StatementBegin
do $$
declare name text;
begin
    foreach name in array array['return_lines', 'provider_charges', 'daily_close_tills', 'daily_close_findings'] loop
        execute format('create trigger %1$I before truncate on %2$I for each statement execute function refuse_change()', name || '_no_truncate', name);
    end loop;
    for name in select relname from pg_class where relkind = 'r' and relnamespace = current_schema()::regnamespace and relname like '%\_moves' loop
        execute format('create trigger %1$I before insert or update or delete on %2$I for each row execute function refuse_change()', name || '_fixed', name);
        execute format('create trigger %1$I before truncate on %2$I for each statement execute function refuse_change()', name || '_no_truncate', name);
    end loop;
end $$;
-- +goose StatementEnd
