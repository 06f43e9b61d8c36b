import { useEffect, useState } from "react";

export function Requests() {
  const [rows, setRows] = useState<string[]>([]);
  useEffect(() => {
    fetch("/api/requests").then((response) => response.json()).then(setRows);
  }, []);
  return <ul>{rows.map((row) => <li key={row}>{row}</li>)}</ul>;
}
