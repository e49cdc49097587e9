-- +goose Up

-- Where a producer's money goes. A change is a new row, and the last one counts, so that a payout keeps the one it was
-- proposed to. Account and card numbers are sealed with the program's secret; only their last digits can be read here.
create table payout_destinations (
    id          bigint generated always as identity primary key,
    producer_id bigint not null references producers,
    kind        text not null check (kind in ('bank', 'card', 'cash')),
    country     country not null check (country in ('UZ', 'KG')),
    holder      text not null check (holder <> '' and length(holder) <= 120), -- who gets it, as the bank knows her
    bank_code   text not null default '' check (bank_code ~ '^([0-9]{5,6})?$'), -- MFO or BIC
    sealed      bytea,
    tail        text not null default '' check (tail ~ '^([0-9]{4})?$'), -- of the number, to recognise it by
    handed_by   text not null default '' check (length(handed_by) <= 120), -- cash: who brings it to her
    set_by      bigint not null references accounts,
    set_at      timestamptz not null,
    usable_from timestamptz not null check (usable_from >= set_at), -- she has been written to, and has had time to say no
    unique (id, producer_id),
    check ((kind = 'cash') = (sealed is null)),
    check ((kind = 'cash') = (tail = '')),
    check ((kind = 'cash') = (handed_by <> '')),
    check ((kind = 'bank') = (bank_code <> '')),
    check (octet_length(sealed) > 28) -- a nonce, a number, a tag
);
create index on payout_destinations (producer_id, id desc);
create trigger payout_destinations_fixed before update or delete on payout_destinations for each row execute function refuse_change();
create trigger payout_destinations_no_truncate before truncate on payout_destinations for each statement execute function refuse_change();

-- How long a changed destination waits before money goes there.
alter table programme add column destination_days int not null default 2 check (destination_days between 0 and 30);

-- When and by whom a role was given is what approving payouts looks at: it is never rewritten, only given anew.
create trigger account_roles_fixed before update on account_roles for each row execute function refuse_change();

-- Where a batch and a payout may go. The Go maps payouts.BatchMoves and payouts.Moves list the same rows; a test compares.
create table payout_batch_moves (from_status text, to_status text, primary key (from_status, to_status));
insert into payout_batch_moves values ('proposed', 'approved'), ('proposed', 'rejected');
create table payout_moves (from_status text, to_status text, primary key (from_status, to_status));
insert into payout_moves values
    ('proposed', 'approved'), ('proposed', 'dropped'),
    ('approved', 'paid'), ('approved', 'returned'),
    ('paid', 'returned');

create table payout_batches (
    id          bigint generated always as identity primary key,
    currency    currency not null,
    status      text not null default 'proposed' check (status in ('proposed', 'approved', 'rejected')),
    proposed_by bigint not null references accounts,
    proposed_at timestamptz not null,
    decided_by  bigint references accounts,
    decided_at  timestamptz,
    reason      text not null default '' check (length(reason) <= 500), -- of a rejection
    unique (id, currency),
    -- Whoever proposes may take it back, and never let it go.
    constraint payout_batches_need_two check (status <> 'approved' or decided_by <> proposed_by),
    check ((status = 'proposed') = (decided_by is null)),
    check ((decided_by is null) = (decided_at is null)),
    check ((status = 'rejected') = (reason <> ''))
);
create index on payout_batches (id) where status = 'proposed';

create table payouts (
    id             bigint generated always as identity primary key,
    batch_id       bigint not null,
    producer_id    bigint not null references producers,
    currency       currency not null,
    destination_id bigint not null,
    status         text not null default 'proposed' check (status in ('proposed', 'approved', 'paid', 'returned', 'dropped')),
    proposed_minor bigint not null check (proposed_minor > 0),
    amount_minor   bigint not null check (amount_minor > 0), -- less than proposed: money went back to buyers before it was approved
    dropped        text not null default '' check (dropped in ('', 'rejected', 'nothing', 'destination')),
    proof          text not null default '' check (length(proof) <= 500), -- number of the payment order, who signed for the cash
    return_reason  text not null default '' check (length(return_reason) <= 500),
    paid_by        bigint references accounts,
    paid_at        timestamptz,
    returned_by    bigint references accounts,
    returned_at    timestamptz,
    return_asked_by  bigint references accounts, -- who says it came back, where a second person must say so too
    return_asked_at  timestamptz,
    return_asked_why text not null default '' check (length(return_asked_why) <= 500),
    unique (batch_id, producer_id),
    unique (id, producer_id, currency),
    foreign key (batch_id, currency) references payout_batches (id, currency),
    foreign key (destination_id, producer_id) references payout_destinations (id, producer_id),
    check (amount_minor <= proposed_minor),
    check ((status = 'dropped') = (dropped <> '')),
    check ((paid_at is null) = (paid_by is null) and (paid_at is null) = (proof = '')),
    check (status <> 'paid' or paid_at is not null),
    check (paid_at is null or status in ('paid', 'returned')),
    check ((status = 'returned') = (returned_at is not null) and (returned_at is null) = (returned_by is null)
           and (returned_at is null) = (return_reason = '')),
    check ((return_asked_by is null) = (return_asked_at is null) and (return_asked_by is null) = (return_asked_why = ''))
);
create unique index payouts_one_live on payouts (producer_id, currency) where status in ('proposed', 'approved');
create index on payouts (producer_id, id desc);

create trigger payout_batches_kept before delete on payout_batches for each row execute function refuse_change();
create trigger payout_batches_no_truncate before truncate on payout_batches for each statement execute function refuse_change();
create trigger payouts_kept before delete on payouts for each row execute function refuse_change();
create trigger payouts_no_truncate before truncate on payouts for each statement execute function refuse_change();

create trigger payout_batch_agreed before update on payout_batches for each row
    when ((old.currency, old.proposed_by, old.proposed_at) is distinct from (new.currency, new.proposed_by, new.proposed_at))
    execute function agreed_is_fixed('what was proposed');
create trigger payout_batch_decided before update on payout_batches for each row
    when (old.status <> 'proposed' and old is distinct from new) execute function agreed_is_fixed('the decision');
create trigger payout_agreed before update on payouts for each row
    when ((old.batch_id, old.producer_id, old.currency, old.destination_id, old.proposed_minor)
          is distinct from (new.batch_id, new.producer_id, new.currency, new.destination_id, new.proposed_minor)
          or (old.status <> 'proposed' or new.status <> 'approved') and old.amount_minor <> new.amount_minor)
    execute function agreed_is_fixed('what was agreed');
create trigger payout_proof before update on payouts for each row
    when (old.paid_at is not null and (old.proof, old.paid_by, old.paid_at) is distinct from (new.proof, new.paid_by, new.paid_at))
    execute function agreed_is_fixed('the proof');
create trigger payout_return_asked before update on payouts for each row
    when (old.return_asked_by is not null and new.return_asked_by is not null -- it may be void, never another's
          and (old.return_asked_by, old.return_asked_at, old.return_asked_why)
          is distinct from (new.return_asked_by, new.return_asked_at, new.return_asked_why))
    execute function agreed_is_fixed('who said it came back');
create trigger payout_over before update on payouts for each row
    when (old.status in ('returned', 'dropped') and old is distinct from new) execute function agreed_is_fixed('the end');

-- +goose StatementBegin
create function payout_move_allowed() returns trigger language plpgsql as $$
begin
    if not exists (select from payout_moves where from_status = old.status and to_status = new.status) then
        raise exception 'payout % cannot go from % to %', old.id, old.status, new.status using errcode = 'check_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger payout_move before update of status on payouts
    for each row when (old.status is distinct from new.status) execute function payout_move_allowed();

-- +goose StatementBegin
create function payout_begins_proposed() returns trigger language plpgsql as $$
begin
    if new.status <> 'proposed' or new.amount_minor <> new.proposed_minor
        or (select status from payout_batches where id = new.batch_id) is distinct from 'proposed'
    then
        raise exception 'a payout begins as proposed, in a batch that is' using errcode = 'check_violation';
    end if;
    if (select d.usable_from from payout_destinations d where d.id = new.destination_id)
        > (select b.proposed_at from payout_batches b where b.id = new.batch_id)
    then
        raise exception 'destination % is too new to be paid to', new.destination_id using errcode = 'check_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger payout_begins before insert on payouts for each row execute function payout_begins_proposed();

-- Who proposes and who approves hold the office while they do it. Who approves is a second person in earnest: neither did
-- the proposer give her the office, nor did she get it for this batch; she says not where money goes, and gets none.
-- +goose StatementBegin
create function payout_office() returns trigger language plpgsql as $$
declare who bigint := case tg_op when 'INSERT' then new.proposed_by else new.decided_by end;
begin
    if tg_op = 'INSERT' and new.status <> 'proposed' then
        raise exception 'a batch begins as proposed' using errcode = 'check_violation';
    end if;
    if tg_op = 'UPDATE' and not exists (select from payout_batch_moves where from_status = old.status and to_status = new.status) then
        raise exception 'batch % cannot go from % to %', old.id, old.status, new.status using errcode = 'check_violation';
    end if;
    if not exists (select from account_roles r join accounts a on a.id = r.account_id
        where a.id = who and r.role in ('finance', 'admin') and a.disabled_at is null)
    then
        raise exception 'account % may not decide about payouts', who using errcode = 'check_violation';
    end if;
    if new.status = 'approved' and not exists (select from account_roles r
        where r.account_id = who and r.role in ('finance', 'admin')
          and (r.granted_by is null or r.granted_by <> new.proposed_by and r.granted_at < new.proposed_at))
    then
        raise exception 'account % got its office from whoever proposed batch %, or after that', who, new.id using errcode = 'check_violation';
    end if;
    if new.status = 'approved' and exists (select from payouts y
        where y.batch_id = new.id and (exists (select from payout_destinations d where d.id = y.destination_id and d.set_by = who)
              or exists (select from producer_members m where m.producer_id = y.producer_id and m.account_id = who)))
    then
        raise exception 'account % has a part in what batch % pays', who, new.id using errcode = 'check_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger payout_batch_begins before insert on payout_batches for each row execute function payout_office();
create trigger payout_batch_move before update of status on payout_batches
    for each row when (old.status is distinct from new.status) execute function payout_office();

-- A payout, its batch and the books agree when the transaction commits.
-- +goose StatementBegin
create function check_payout(which bigint) returns void language plpgsql as $$
declare y record; batch text;
begin
    select * into y from payouts where id = which;
    select status into batch from payout_batches where id = y.batch_id;
    if (y.status = 'proposed') <> (batch = 'proposed') or (batch = 'rejected' and y.status <> 'dropped') then
        raise exception 'payout % is % in a batch that is %', y.id, y.status, batch using errcode = 'check_violation';
    end if;
    if exists (
        select from (values ('payout', y.status in ('approved', 'paid', 'returned')), ('payout_paid', y.paid_at is not null),
                            ('payout_returned', y.status = 'returned')) rule (name, wanted)
        left join ledger_transactions t on t.rule = rule.name and t.subject = 'payout' and t.subject_id = y.id and t.turn = 0
        where rule.wanted <> (t.id is not null) or t.id is not null and y.amount_minor is distinct from
            (select sum(amount_minor) from ledger_entries where transaction_id = t.id and amount_minor > 0 and currency = y.currency))
    then
        raise exception 'payout %, which is %, is not what the books say', y.id, y.status using errcode = 'check_violation';
    end if;
    if (y.status in ('approved', 'paid', 'returned')) <> exists (select from statements where payout_id = y.id) then
        raise exception 'payout %, which is %, and its statement do not belong together', y.id, y.status using errcode = 'check_violation';
    end if;
end $$;
-- +goose StatementEnd
-- +goose StatementBegin
create function payout_whole() returns trigger language plpgsql as $$
begin
    perform check_payout(new.id);
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger payout_whole after insert or update of status on payouts deferrable initially deferred
    for each row execute function payout_whole();
-- +goose StatementBegin
create function payout_batch_whole() returns trigger language plpgsql as $$
begin
    perform check_payout(y.id) from payouts y where y.batch_id = new.id;
    if not exists (select from payouts where batch_id = new.id) then
        raise exception 'batch % pays nobody', new.id using errcode = 'check_violation';
    end if;
    return null;
end $$;
-- +goose StatementEnd
create constraint trigger payout_batch_whole after insert or update of status on payout_batches deferrable initially deferred
    for each row execute function payout_batch_whole();

-- The files a batch went to the bank in: their bytes can be made again, and have the same hash.
create table payout_files (
    id           bigint generated always as identity primary key,
    batch_id     bigint not null references payout_batches,
    format       text not null check (format in ('uz', 'kg')),
    sha256       bytea not null check (octet_length(sha256) = 32),
    payouts      int not null check (payouts > 0),
    amount_minor bigint not null check (amount_minor > 0),
    made_by      bigint not null references accounts,
    made_at      timestamptz not null,
    unique (batch_id, sha256)
);
create table payout_file_rows (
    file_id   bigint not null references payout_files,
    payout_id bigint not null references payouts,
    primary key (payout_id, file_id)
);
create trigger payout_file_rows_fixed before update or delete on payout_file_rows for each row execute function refuse_change();
create trigger payout_file_rows_no_truncate before truncate on payout_file_rows for each statement execute function refuse_change();

-- What was let go may have been paid, by the bank or out of hand: that it came back takes two people, as letting it go did.
-- Both hold the office when the second says so, had it before the first did, and not from each other; neither gets any of
-- the money. One of them may have written down where it goes: the other has not. What was said before it was paid says
-- nothing of what was paid.
create function says_returned(y payouts, who bigint, other bigint, since timestamptz) returns boolean language sql stable
    return exists (select from account_roles r join accounts a on a.id = r.account_id
                   where a.id = who and r.role in ('finance', 'admin') and a.disabled_at is null
                     and (r.granted_by is null or r.granted_by <> other and r.granted_at < since))
       and not exists (select from producer_members m where m.producer_id = y.producer_id and m.account_id = who);
-- +goose StatementBegin
create function payout_return_needs_two() returns trigger language plpgsql as $$
begin
    if old.return_asked_by is null or new.return_asked_by is null or old.return_asked_by = new.returned_by then
        raise exception 'payout % may have been paid: two people say that it came back', new.id using errcode = 'check_violation';
    end if;
    if not says_returned(new, new.returned_by, new.return_asked_by, new.return_asked_at)
        or not says_returned(new, new.return_asked_by, new.returned_by, new.return_asked_at)
    then
        raise exception 'one of those who say that payout % came back has a part in it', new.id using errcode = 'check_violation';
    end if;
    return new;
end $$;
create function payout_return_asked_by() returns trigger language plpgsql as $$
begin
    if new.status not in ('approved', 'paid') or not says_returned(new, new.return_asked_by, 0, 'infinity') then
        raise exception 'account % may not say that payout % came back', new.return_asked_by, new.id using errcode = 'check_violation';
    end if;
    return new;
end $$;
-- +goose StatementEnd
create trigger payout_return_two before update of status on payouts
    for each row when (old.status <> 'returned' and new.status = 'returned') execute function payout_return_needs_two();
create trigger payout_return_first before update on payouts
    for each row when (old.return_asked_by is null and new.return_asked_by is not null) execute function payout_return_asked_by();
create trigger payout_return_void before update of status on payouts
    for each row when (old.status <> 'paid' and new.status = 'paid' and new.return_asked_by is not null)
    execute function agreed_is_fixed('a word from before it was paid');
create trigger payout_files_fixed before update or delete on payout_files for each row execute function refuse_change();
create trigger payout_files_no_truncate before truncate on payout_files for each statement execute function refuse_change();

-- What a payout pays for: every entry of the producer's accounts that the approving transaction saw, and the payout's own.
-- Ids of entries are given before their transactions commit, so the last id alone would not say what was seen: seen does,
-- and the id keeps it true for entries written after a restore into another database.
create table statements (
    payout_id       bigint primary key,
    producer_id     bigint not null,
    currency        currency not null,
    previous        bigint references statements, -- where it goes on from; null: her first
    to_entry        bigint not null,
    seen            pg_snapshot not null,
    posting         bigint not null unique references ledger_transactions,
    opening_payable bigint not null, -- as owed to her; negative she owes
    opening_held    bigint not null,
    closing_payable bigint not null,
    closing_held    bigint not null,
    made_at         timestamptz not null,
    foreign key (payout_id, producer_id, currency) references payouts (id, producer_id, currency),
    unique nulls not distinct (producer_id, currency, previous)
);
create table statement_totals (
    payout_id        bigint not null references statements,
    kind             text not null check (kind in
                     ('sale', 'shipping', 'cash', 'refund', 'refund_shipping', 'payout', 'payout_returned', 'debt_paid', 'correction', 'other')),
    entries          bigint not null check (entries > 0),
    amount_minor     bigint not null, -- hers
    commission_minor bigint not null, -- the programme's part of the same
    primary key (payout_id, kind)
);
create trigger statements_fixed before update or delete on statements for each row execute function refuse_change();
create trigger statements_no_truncate before truncate on statements for each statement execute function refuse_change();
create trigger statement_totals_fixed before update or delete on statement_totals for each row execute function refuse_change();
create trigger statement_totals_no_truncate before truncate on statement_totals for each statement execute function refuse_change();

-- Whether a statement, or any before it, has an entry.
create function statement_covers(s statements, entry bigint, transaction bigint, written xid8) returns boolean
    language sql immutable parallel safe
    return transaction = s.posting or entry <= s.to_entry and pg_visible_in_snapshot(written, s.seen);

-- What an entry of a producer's account means to her.
create function producer_entry_kind(rule text, of_line boolean, minor bigint) returns text language sql immutable parallel safe
    return case
        when rule in ('order_paid', 'cash_collected') and of_line then 'sale'
        when rule = 'cash_collected' and minor < 0 then 'cash'
        when rule in ('order_paid', 'cash_collected') then 'shipping'
        when rule = 'refund' and of_line then 'refund'
        when rule = 'refund' then 'refund_shipping'
        when rule = 'earnings_released' then 'release' -- from one of her accounts to the other
        when rule in ('payout', 'payout_returned', 'debt_paid', 'correction') then rule
        else 'other'
    end;

-- The entries of producers' accounts by what they mean to her; minor is hers: positive is owed to her.
create view producer_entries as
select e.id, e.transaction_id, a.producer_id, a.currency, a.kind = 'producer_reserve' as held, -e.amount_minor as minor,
       e.line_id, t.written_in, producer_entry_kind(t.rule, e.line_id is not null, -e.amount_minor) as kind
from ledger_accounts a
join ledger_entries e on e.account_id = a.id
join ledger_transactions t on t.id = e.transaction_id
where a.producer_id is not null;
