-- +goose Up

-- What orders hold whose time is over: it counts as free wherever buyers look, for whoever buys it has such an order ended
-- first. Statements ask only where nothing else is left; a function as plain as this becomes a part of them.
create function overdue_holds(variant bigint, moment timestamptz) returns table (quantity int) language sql stable parallel safe rows 1 as $$
    select r.quantity from reservations r where r.variant_id = variant and r.state = 'held' and r.expires_at <= moment
$$;

-- What a product contains decides what a search finds that does without it.
create trigger tell_words after insert or delete or update on product_allergens for each row execute function tell_words();
