"use strict";
{
  const $ = id => document.getElementById(id), PAGE = 50;
  const bar = $("filter"), box = $("text"), shown = $("shown"), body = $("results").querySelector("tbody");
  const chips = [...bar.querySelectorAll("button")], account = $("account");
  const still = [...document.querySelectorAll("main > section:not(#results):not(.charts), main > .tiles, main > .charts, main > .lead")];
  let data, found = [], page = 0;

  const load = () => {
    if (data) return;
    data = JSON.parse($("data").textContent);
    const low = parts => parts.join("\n").toLowerCase();
    data.low = {
      checks: data.checks.map(low),
      subjects: data.subjects.map(s => low([s[0], s[1], s[2], s[4], ...data.accounts[s[3]]])),
      texts: data.texts.map(t => t.toLowerCase()),
    };
    if (account) data.accounts.forEach(([id, name], n) => account.add(new Option(name ? `${name} ${id}` : id, n)));
  };
  const make = (tag, text, cls) => {
    const one = document.createElement(tag);
    if (text) one.textContent = text;
    if (cls) one.className = cls;
    return one;
  };
  const proof = facts => {
    const all = make("details", "", "proof"), list = make("dl");
    all.append(make("summary", "Evidence"), list);
    for (const [name, value, when] of facts) {
      const dd = make("dd");
      dd.append(make("pre", value), make("small", when));
      list.append(make("dt", name), dd);
    }
    return all;
  };
  const row = ([kind, check, subject, text, at, evidence = -1]) => {
    const tr = make("tr"), who = make("td"), what = make("td");
    const [name, noun, arn, home] = data.subjects[subject], [id, title] = data.checks[check];
    tr.dataset.k = data.kinds[kind];
    who.append(make("bdi", name, "name"), " ", make("small", noun), make("bdi", arn, "arn"));
    if (data.accounts.length > 1) who.append(make("small", data.accounts[home].filter(Boolean).reverse().join(" ")));
    what.append(make("span", data.kinds[kind].replace("_", " "), `pill ${data.kinds[kind]}`), " ", make("span", data.texts[text] || title, "said"));
    what.append(make("span", id, "id"));
    if (at) what.append(make("small", at, "at"));
    if (evidence >= 0) what.append(proof(data.evidence[evidence]));
    tr.append(who, what);
    return tr;
  };
  const draw = () => {
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    page = Math.min(Math.max(page, 0), pages - 1);
    body.replaceChildren(...found.slice(page * PAGE, page * PAGE + PAGE).map(n => row(data.rows[n])));
    $("page").textContent = `page ${page + 1} of ${pages.toLocaleString("en")}`;
    $("before").disabled = page === 0;
    $("after").disabled = page === pages - 1;
  };
  const filter = () => {
    const terms = box.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(chips.filter(c => c.ariaPressed === "true").map(c => c.value));
    const home = account ? account.value : "";
    const active = Boolean(terms.length || wanted.size || home !== "");
    for (const part of still) part.hidden = active;
    $("results").hidden = !active;
    if (!active) { shown.textContent = ""; body.replaceChildren(); return; }
    load();
    const kinds = data.kinds.map(k => !wanted.size || wanted.has(k));
    const hits = terms.map(t => [data.low.checks, data.low.subjects, data.low.texts].map(all => all.map(one => one.includes(t))));
    found = [];
    data.rows.forEach((r, n) => {
      if (!kinds[r[0]] || (home !== "" && data.subjects[r[2]][3] !== +home)) return;
      if (hits.every(([c, s, t], i) => c[r[1]] || s[r[2]] || t[r[3]] || (r[4] && r[4].toLowerCase().includes(terms[i])))) found.push(n);
    });
    page = 0;
    draw();
    shown.textContent = `${found.length.toLocaleString("en")} of ${data.rows.length.toLocaleString("en")} shown`;
  };
  let soon;
  box.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(filter, 80); });
  for (const chip of chips) chip.addEventListener("click", () => {
    chip.ariaPressed = String(chip.ariaPressed !== "true");
    filter();
  });
  if (account) { account.addEventListener("focus", load); account.addEventListener("change", filter); }
  $("before").addEventListener("click", () => { page--; draw(); $("results").scrollIntoView(); });
  $("after").addEventListener("click", () => { page++; draw(); $("results").scrollIntoView(); });
  for (const all of document.querySelectorAll(".all")) {
    all.hidden = false;
    all.addEventListener("click", () => { box.value = all.value; filter(); scrollTo(0, 0); });
  }
  addEventListener("hashchange", () => {
    if (!box.value && !chips.some(c => c.ariaPressed === "true")) return;
    box.value = ""; chips.forEach(c => { c.ariaPressed = "false"; });
    filter(); document.querySelector(location.hash)?.scrollIntoView();
  });
  document.documentElement.classList.add("js");
  bar.hidden = false;
}
