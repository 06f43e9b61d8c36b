DROP TABEL badges;
