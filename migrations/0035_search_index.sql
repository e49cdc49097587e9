-- +goose Up

-- How far the writing of the index anew has come, and in which way it writes, so that whoever is next goes on there.
alter table search_index
    add column building int not null default 0,
    add column done bigint not null default 0; -- products up to this one are written

-- Programs look for misspelt words, and for those that begin so, in memory.
drop index search_words_alike;
drop index search_words_longer;
alter table search_words drop column slips;
drop function word_slips;
