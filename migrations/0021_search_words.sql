-- +goose Up

-- The words that names of goods, makers and places consist of, folded: what a misspelt word may have been meant to be.
-- They are few, however many the goods, and stay when the last product that had one goes.
-- +goose StatementBegin
create function word_slips(word text) returns text[] language sql immutable strict parallel safe as $$
    -- The word, and the word without each one of its letters. Two words with one in common are a slip apart: a letter too
    -- many, one missing, another one, or two in the wrong order.
    select array_agg(distinct s) from (
        select word as s union all
        select overlay(word placing '' from i for 1) from generate_series(1, char_length(word)) as i
    ) t
$$;
-- +goose StatementEnd
create table search_words (
    word  text primary key check (char_length(word) between 3 and 24),
    slips text[] not null generated always as (word_slips(word)) stored
);
-- New words are rare and looked up often, so they go straight into the indexes; those of products wait in a short list.
create index search_words_slips on search_words using gin (slips) with (fastupdate = off);
create index search_words_longer on search_words (word collate "C");
create index search_words_alike on search_words using gin (word gin_trgm_ops) with (fastupdate = off);
alter index product_search_words set (gin_pending_list_limit = 256);

insert into search_words (word)
select distinct substr(word, 2) from ts_stat('select words from product_search')
where word ~ '^[=+][a-z]{3,24}$';

-- Misspelt words are put right before they are looked for, so slips and whole names need no index of their own.
drop index product_search_names;
update product_search set words = ts_delete(words, array(select l from unnest(tsvector_to_array(words)) as l where l like '~%'))
where words @@ '''~'':*'::tsquery;

-- How many products have a common word decides how it is looked for (search.common).
alter table product_search alter column words set statistics 500;

-- Which way of writing the index it was written in: package search compares it with its own.
create table search_index (
    one     boolean primary key default true check (one),
    version int not null
);
insert into search_index (version) values (0);

create trigger tell_words after insert or delete or update on search_words for each statement execute function tell_words();
