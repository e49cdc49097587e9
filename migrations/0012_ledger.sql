-- +goose Up

-- Double entry. A debit is positive, a credit negative. What an account means and which rule posts what: docs/money.md.
create table ledger_accounts (
    id          bigint generated always as identity primary key,
    kind        text not null check (kind in
                ('clearing', 'transit', 'buyer', 'producer_payable', 'producer_reserve',
                 'commission', 'margin', 'shipping', 'fees', 'fx', 'disputed', 'losses', 'suspense')),
    producer_id bigint references producers,
    provider    text not null default '' check (provider in ('', 'stripe', 'payme', 'click', 'bank', 'cash', 'courier')),
    currency    currency not null,
    unique nulls not distinct (kind, producer_id, provider, currency),
    unique (id, currency),
    check ((producer_id is not null) = (kind in ('producer_payable', 'producer_reserve'))),
    check ((provider <> '') = (kind = 'clearing'))
);
create index on ledger_accounts (producer_id) where producer_id is not null;

-- A total as a number that programs count with: one no account can stand at is shown as its bound, so that a mistake in a
-- report or an entry does not stop every page and every close. The books are proven without it.
create function total_minor(n numeric) returns bigint language sql immutable parallel safe
    return least(greatest(n, -2000000000000000000), 2000000000000000000)::bigint;

create table ledger_transactions (
    id         bigint generated always as identity primary key,
    rule       text not null check (rule in
               ('order_paid', 'cash_collected', 'money_unexpected', 'refund', 'refund_sent', 'refund_failed',
                'dispute_opened', 'dispute_won', 'dispute_lost', 'provider_fee', 'provider_exchange', 'provider_paid_out',
                'earnings_released', 'payout', 'payout_paid', 'payout_returned', 'cash_handed_in', 'debt_paid',
                'exchange', 'unexplained', 'correction')),
    -- What it books, once: rule and subject together name one event.
    subject    text not null check (subject in
               ('payment', 'parcel', 'refund', 'dispute', 'payout', 'charge', 'import_line', 'entry', 'transaction')),
    subject_id bigint not null,
    turn       int not null default 0 check (turn >= 0), -- more than 0: booked again after a correction
    order_id   bigint references orders,
    reverses   bigint unique references ledger_transactions,
    memo       text not null default '' check (length(memo) <= 500),
    account_id bigint references accounts, -- whoever did it; null: a provider or the clock
    at         timestamptz not null,
    written_in xid8 not null default pg_current_xact_id(),
    unique (rule, subject, subject_id, turn),
    check ((rule = 'correction') = (reverses is not null)),
    check (rule <> 'correction' or (subject = 'transaction' and subject_id = reverses))
);
create index on ledger_transactions (order_id, id) where order_id is not null;
create index on ledger_transactions (at, id);
create index on ledger_transactions (written_in); -- what was under way when a statement was made

create table ledger_entries (
    id             bigint generated always as identity primary key,
    transaction_id bigint not null references ledger_transactions,
    account_id     bigint not null,
    currency       currency not null,
    amount_minor   bigint not null check (amount_minor <> 0),
    line_id        bigint references order_lines,
    parcel_id      bigint references parcels,
    -- On entries of an FX account: one unit of this entry's currency was worth rate units of rate_to.
    rate           numeric(24, 12) check (rate > 0),
    rate_to        currency,
    foreign key (account_id, currency) references ledger_accounts (id, currency),
    check ((rate is null) = (rate_to is null))
);
create index on ledger_entries (transaction_id) include (account_id, line_id, amount_minor); -- the programme's part beside hers
create index on ledger_entries (account_id, id) include (amount_minor, transaction_id, line_id); -- accounts are summed and paged through along it
create index on ledger_entries (parcel_id) where parcel_id is not null;

-- Nothing is ever changed or taken away: what was wrong is reversed.
create trigger ledger_accounts_fixed before update or delete on ledger_accounts for each row execute function refuse_change();
create trigger ledger_accounts_no_truncate before truncate on ledger_accounts for each statement execute function refuse_change();
create trigger ledger_transactions_fixed before update or delete on ledger_transactions for each row execute function refuse_change();
create trigger ledger_transactions_no_truncate before truncate on ledger_transactions for each statement execute function refuse_change();
create trigger ledger_entries_fixed before update or delete on ledger_entries for each row execute function refuse_change();
create trigger ledger_entries_no_truncate before truncate on ledger_entries for each statement execute function refuse_change();

-- Entries come in the very transaction that writes what they belong to, and every statement of them sums to nothing in
-- each currency; so no balance can ever be broken by entries that come later.
-- +goose StatementBegin
create function ledger_entries_balance() returns trigger language plpgsql as $$
declare broken record;
begin
    select a.transaction_id, a.currency, sum(a.amount_minor) as sum into broken from added a
    group by a.transaction_id, a.currency having sum(a.amount_minor) <> 0 limit 1;
    if found then
        raise exception 'ledger transaction % does not balance: % %', broken.transaction_id, broken.sum, broken.currency
            using errcode = 'check_violation';
    end if;
    select a.transaction_id into broken from added a join ledger_transactions t on t.id = a.transaction_id
    where t.written_in <> pg_current_xact_id() limit 1;
    if found then
        raise exception 'ledger transaction % is closed', broken.transaction_id using errcode = 'restrict_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create trigger ledger_entries_sum after insert on ledger_entries referencing new table as added
    for each statement execute function ledger_entries_balance();

-- +goose StatementBegin
create function ledger_transaction_whole() returns trigger language plpgsql as $$
declare entries int; odd int;
begin
    select coalesce(sum(n), 0), count(*) filter (where sum <> 0) into entries, odd from
        (select count(*) as n, sum(amount_minor) as sum from ledger_entries where transaction_id = new.id group by currency) c;
    if entries < 2 or odd > 0 then
        raise exception 'ledger transaction % (%) has % entries, % currencies out of balance', new.id, new.rule, entries, odd
            using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger ledger_transaction_balance after insert on ledger_transactions deferrable initially deferred
    for each row execute function ledger_transaction_whole();

-- A correction is the exact opposite of what it corrects.
-- +goose StatementBegin
create function ledger_correction_exact() returns trigger language plpgsql as $$
begin
    if exists (
        select account_id, line_id, parcel_id, sum(amount_minor) from ledger_entries where transaction_id in (new.id, new.reverses)
        group by account_id, line_id, parcel_id having sum(amount_minor) <> 0)
    then
        raise exception 'ledger transaction % does not reverse % exactly', new.id, new.reverses using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger ledger_correction after insert on ledger_transactions deferrable initially deferred
    for each row when (new.reverses is not null) execute function ledger_correction_exact();
