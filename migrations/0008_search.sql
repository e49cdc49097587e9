-- +goose Up

create extension if not exists pg_trgm;

-- One row a product: its words in all six languages, folded by the program's normaliser to one alphabet.
create table product_search (
    product_id bigint primary key references products on delete cascade,
    names      text not null,     -- folded names, one line a language
    -- Marked folded words, as package search writes them: bare for any text, = for a word of a name, == for a whole
    -- name, + for maker or place, ~ for a word with one letter left out.
    words      tsvector not null
);
create index product_search_names on product_search using gin (names gin_trgm_ops);
create index product_search_words on product_search using gin (words);
