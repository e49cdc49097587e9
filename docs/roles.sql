-- The role that serves: psql -v role=awil_app -f roles.sql, as the role that owns the database and runs "awil migrate".
-- Run it again after each migration. The role itself is made once: create role awil_app login password '...'.
\set ON_ERROR_STOP on

begin;
grant usage on schema public to :"role";
grant select, insert, update, delete on all tables in schema public to :"role";
grant usage, select on all sequences in schema public to :"role";
grant execute on all functions in schema public to :"role";

-- Nothing is emptied by it, and no trigger of its own stands before ours.
revoke truncate, trigger, references on all tables in schema public from :"role";

-- Only ever added to: the books, what they rest on, and the trail of who did what.
revoke update, delete on
    ledger_accounts, ledger_transactions, ledger_entries, earlier_money,
    order_lines, order_events, cash_collections, return_lines, refund_lines, refund_shipping,
    refund_request_lines, refund_request_photos, provider_charges, payout_destinations, statements, statement_totals,
    imports, import_lines, manual_entries, daily_closes, daily_close_tills, daily_close_findings, audit_events
from :"role";

-- They go their way and are never taken away.
revoke delete on
    orders, parcels, reservations, payments, refunds, refund_requests, disputes, payouts, payout_batches,
    provider_transactions, provider_calls, webhook_events, matches, match_items
from :"role";

-- Where things may go, and what migrations alone write.
revoke insert, update, delete on
    order_moves, parcel_moves, payment_moves, refund_moves, refund_request_moves, dispute_moves,
    payout_moves, payout_batch_moves, provider_transaction_moves, earlier_money, goose_db_version
from :"role";
commit;
