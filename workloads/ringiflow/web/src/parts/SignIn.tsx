import { TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { getUsers, signIn, type User } from "../api.ts";
import { ErrorNote, useCaller, useWord } from "./shared.tsx";

export function SignIn() {
  const t = useTranslations();
  const word = useWord();
  const caller = useCaller();
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const users = useQuery({
    queryKey: ["users", caller.language],
    queryFn: ({ signal }) => getUsers(caller, signal),
  });
  const entering = useMutation({
    mutationFn: (userId: string) => signIn(caller, userId),
    onSuccess: (session) => queries.setQueryData(["session"], session),
  });
  const describe = (user: User) =>
    [
      word("department", user.department),
      ...user.roles.filter((role) => role !== "applicant").map((role) => word("role", role)),
    ].join(" · ");
  const wanted = text.trim().toLocaleLowerCase();
  const found = (users.data ?? []).filter((user) =>
    `${user.name} ${user.tenantName} ${describe(user)}`.toLocaleLowerCase().includes(wanted),
  );
  const tenants = [...new Set(found.map((user) => user.tenantName))];
  const peopleOf = (tenant: string) => found.filter((user) => user.tenantName === tenant);
  return (
    <main className="sign-in" id="content" data-testid="sign-in">
      <h1>{t("signIn.title")}</h1>
      <p className="dim">{t("signIn.body")}</p>
      <TextInput
        mt="md"
        aria-label={t("signIn.search")}
        placeholder={t("signIn.search")}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {entering.error && <ErrorNote error={entering.error} />}
      {users.error && <ErrorNote error={users.error} onRetry={() => void users.refetch()} />}
      {users.isPending && <p className="dim">{t("app.loading")}</p>}
      {users.data && found.length === 0 && <p className="dim">{t("signIn.none")}</p>}
      {tenants.map((tenant) => (
        <section key={tenant} aria-label={tenant}>
          <h2>{tenant}</h2>
          <ul className="people">
            {peopleOf(tenant).map((user) => (
              <li key={user.id}>
                <button
                  type="button"
                  className="person"
                  aria-label={t("signIn.as", { name: user.name })}
                  data-testid={`user-${user.id}`}
                  disabled={entering.isPending}
                  onClick={() => entering.mutate(user.id)}
                >
                  <span className="avatar" aria-hidden="true">
                    {user.name.slice(0, 1)}
                  </span>
                  <span>
                    <b>{user.name}</b>
                    <span className="dim">{describe(user)}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </main>
  );
}
