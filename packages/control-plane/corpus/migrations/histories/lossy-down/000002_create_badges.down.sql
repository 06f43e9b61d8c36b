DROP TABLE badges;
DROP TABLE members;
