-- +goose Up

-- What an event tells beyond its move, as what it is and not as a sentence of one language. Earlier events keep their note.
alter table order_events add column fact jsonb check (jsonb_typeof(fact) = 'object');
