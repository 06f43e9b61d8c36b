import type { Role } from "./model.ts";

export type Department = { id: string; name: string; hasManager: boolean };

export type Person = {
  id: string;
  name: string;
  department: string;
  /** Every person may apply; these are the duties in addition. */
  roles: Role[];
};

export type Directory = { tenant: string; tenantName: string; departments: Department[]; people: Person[] };

/** 0 staff, 1 manager, 2 head of a department, 3 executive. */
export type Rank = 0 | 1 | 2 | 3;

export function rankOf(person: Person): Rank {
  if (person.roles.includes("executive")) return 3;
  if (person.roles.includes("head")) return 2;
  return person.roles.includes("manager") ? 1 : 0;
}

const DEPARTMENTS: Department[] = [
  { id: "sales", name: "営業部", hasManager: true },
  { id: "development", name: "開発部", hasManager: true },
  { id: "finance", name: "経理部", hasManager: false },
  { id: "legal", name: "法務部", hasManager: false },
  { id: "hr", name: "人事部", hasManager: false },
  { id: "board", name: "役員室", hasManager: false },
];

/** Department and duties of each seat; a company fills the seats with names. */
const SEATS: [department: string, roles: Role[]][] = [
  ["sales", []],
  ["sales", []],
  ["sales", ["manager"]],
  ["sales", ["head"]],
  ["development", []],
  ["development", []],
  ["development", ["manager"]],
  ["development", ["head"]],
  ["finance", []],
  ["finance", ["finance", "head"]],
  ["legal", ["legal", "head"]],
  ["hr", ["hr", "head"]],
  ["board", ["executive"]],
  ["board", ["executive"]],
];

function company(tenant: string, tenantName: string, names: string[]): Directory {
  const people = SEATS.map(([department, roles], index) => ({
    id: `${tenant}-${String(index + 1).padStart(2, "0")}`,
    name: names[index]!,
    department,
    roles,
  }));
  return { tenant, tenantName, departments: DEPARTMENTS, people };
}

/** The companies of the development sign-in. A real identity provider replaces them. */
export const DIRECTORIES: readonly Directory[] = [
  company("aozora", "青空商事株式会社", [
    "佐藤 美咲",
    "鈴木 大輔",
    "高橋 由美子",
    "田中 健一",
    "伊藤 さくら",
    "渡辺 翔太",
    "山本 直樹",
    "中村 恵子",
    "小林 拓也",
    "加藤 真由美",
    "吉田 隆",
    "山田 裕子",
    "佐々木 正一",
    "松本 和子",
  ]),
  company("minato", "みなと製作所株式会社", [
    "井上 陽菜",
    "木村 亮",
    "林 千尋",
    "斎藤 浩二",
    "清水 結衣",
    "山崎 蓮",
    "森 麻衣",
    "池田 修",
    "橋本 彩",
    "阿部 誠",
    "石川 智子",
    "前田 学",
    "藤田 幸雄",
    "後藤 京子",
  ]),
  company("hinode", "ひので食品株式会社", [
    "岡田 葵",
    "長谷川 悠斗",
    "村上 香織",
    "近藤 勇",
    "石井 美穂",
    "坂本 航",
    "遠藤 綾子",
    "青木 剛",
    "藤井 奈々",
    "西村 進",
    "福田 典子",
    "太田 純",
    "三浦 光男",
    "岡本 節子",
  ]),
];

const byTenant = new Map(DIRECTORIES.map((directory) => [directory.tenant, directory]));

export function findDirectory(tenant: string): Directory | null {
  return byTenant.get(tenant) ?? null;
}

/** Ids are unique among all tenants. */
export function findPerson(id: string): { directory: Directory; person: Person } | null {
  for (const directory of DIRECTORIES) {
    const person = directory.people.find((candidate) => candidate.id === id);
    if (person) return { directory, person };
  }
  return null;
}
