"use strict";
(async () => {
  // Data are JSON, packed with gzip, as base64.
  function unpack(id) {
    const text = atob(document.getElementById(id).textContent);
    const octets = new Uint8Array(text.length);
    for (let place = 0; place < text.length; place++) octets[place] = text.charCodeAt(place);
    return new Response(new Blob([octets]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  }

  const report = JSON.parse(await unpack("data"));
  report.groups.forEach((group, index) => { group.index = index; });

  // What a large report has more than its first page shows is read when it is wanted, and the browser has all of the document by then.
  const whole = new Promise(resolve => document.readyState === "loading" ? addEventListener("DOMContentLoaded", resolve) : resolve());
  let groups = null;
  const unpackGroups = () => groups ??= whole.then(() => unpack("further")).then(text => {
    for (const group of JSON.parse(text).groups) {
      group.index = report.groups.length;
      report.groups.push(group);
    }
  });

  // The alerts of each group, in a line of JSON.
  let lines = null;
  const unpackAlerts = async () => {
    await whole;
    lines ??= (await unpack("listed")).split("\n");
  };
  const alertsOf = group => group.alerts ??= JSON.parse(lines[group.index]);

  const levels = ["critical", "high", "medium", "low", "informational"];
  const pageSize = 50;
  const alertsAtOnce = 20;

  // ---- Elements. Text becomes text nodes, and nothing else: no string is ever read as HTML.

  const svgSpace = "http://www.w3.org/2000/svg";

  function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined && child !== false) element.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
    return element;
  }

  const el = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
  const svg = (name, attributes, ...children) => fill(document.createElementNS(svgSpace, name), attributes, children);
  const at = id => document.getElementById(id);
  const number = value => value.toLocaleString("en-US");
  const plural = (count, one, many) => `${number(count)} ${count === 1 ? one : many ?? one + "s"}`;
  const words = text => text.replaceAll("_", " ");
  const capital = text => text.charAt(0).toUpperCase() + text.slice(1);
  const clock = time => time ? time.slice(0, 19).replace("T", " ") : "–";
  const date = seconds => new Date(seconds * 1000).toISOString();
  const level = name => el("span", { class: `level ${name}` }, name);

  function interval(seconds) {
    for (const [unit, name] of [[86400, "day"], [3600, "hour"], [60, "minute"]]) {
      if (seconds >= unit) return plural(Math.round(seconds / unit * 10) / 10, name);
    }
    return plural(seconds, "second");
  }

  function bytes(count) {
    for (const [unit, name] of [[1 << 30, "GiB"], [1 << 20, "MiB"], [1 << 10, "KiB"]]) {
      if (count >= unit) return `${(count / unit).toFixed(1)} ${name}`;
    }
    return plural(count, "byte");
  }

  // ---- Tables and charts

  /** A table: columns are {title, number, bar, wide}, rows are arrays of values or nodes. */
  function table(caption, columns, rows, attributes) {
    return el("table", attributes,
      caption && el("caption", null, caption),
      el("thead", null, el("tr", null, columns.map(column => column.bar
        ? el("td", { class: "bar" })
        : el("th", { scope: "col", class: column.number ? "number" : null }, column.title)))),
      el("tbody", null, rows.map(row => el("tr", null, row.map((value, index) => {
        const column = columns[index];
        const isEmpty = value === null || value === undefined || value === "";
        const classes = [column.number && "number", column.bar && "bar", column.nowrap && "nowrap", column.mono && "mono", isEmpty && "empty"].filter(Boolean).join(" ");
        return el(index === 0 ? "th" : "td", { scope: index === 0 ? "row" : null, class: classes || null, "data-label": column.title || null },
          isEmpty ? "–" : typeof value === "number" ? number(value) : value);
      })))));
  }

  function bar(value, highest) {
    const width = highest > 0 ? Math.max(value > 0 ? .8 : 0, 100 * value / highest) : 0;
    return svg("svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" },
      svg("rect", { class: "fill-bar", x: 0, y: 0, width, height: 10 }));
  }

  const plain = cell => cell !== null && typeof cell === "object" ? cell.value : cell;
  const shown = cell => cell !== null && typeof cell === "object" ? cell.text : cell;

  /** A table of wiredns stats as a bar chart that is a table: the bars stand for the first number of each row. */
  function statistics(source) {
    const isNumber = source.columns.map((_, index) => source.rows.some(row => typeof plain(row[index]) === "number"));
    const measured = isNumber.indexOf(true);
    const highest = Math.max(0, ...source.rows.map(row => plain(row[measured]) ?? 0));
    const withBars = measured > 0 && source.columns.length < 5 && source.name !== "rare";
    const columns = source.columns.map((column, index) => ({
      title: words(column), number: isNumber[index], mono: index === 0 && !isNumber[0], nowrap: /client|server|first|from/.test(column),
    }));
    if (withBars) columns.splice(measured + 1, 0, { bar: true });
    const rows = source.rows.map(row => {
      const cells = row.map(shown);
      if (withBars) cells.splice(measured + 1, 0, bar(plain(row[measured]) ?? 0, highest));
      return cells;
    });
    return el("div", { class: "card" }, scrolling(capital(source.title), table(capital(source.title), columns, rows)), source.note && el("p", { class: "note" }, source.note));
  }

  /** A wide thing that can be scrolled sideways, also by keyboard. */
  const scrolling = (label, content) => el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label }, content);

  /** Stacked columns by time, and the same as a table. Series are {key, title, fill}. */
  function timeChart(title, times, series) {
    const [width, height, left, bottom, top] = [innerWidth < 740 ? 440 : 1000, 220, 56, 26, 12];
    const intervals = times.intervals;
    if (intervals.length === 0) return null;
    const total = one => series.reduce((sum, part) => sum + (one[part.key] ?? 0), 0);
    const first = intervals[0].from;
    const slots = (intervals[intervals.length - 1].from - first) / times.seconds + 1;
    const highest = Math.max(...intervals.map(total));
    const step = niceStep(highest);
    const upper = Math.ceil(highest / step) * step;
    const y = value => height - bottom - (height - bottom - top) * value / upper;
    const slot = (width - left) / Math.max(slots, 12);
    const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": `${title.id}-title` },
      svg("title", { id: `${title.id}-title` }, title.text));
    for (let value = 0; value <= upper; value += step) {
      drawing.append(svg("line", { class: value === 0 ? "axis" : "grid", x1: left, x2: width, y1: y(value), y2: y(value) }),
        svg("text", { x: left - 8, y: y(value) + 4, "text-anchor": "end" }, number(value)));
    }
    for (const one of intervals) {
      let base = 0;
      for (const part of series) {
        const count = one[part.key] ?? 0;
        if (count === 0) continue;
        const [from, to] = [y(base), y(base + count)];
        drawing.append(svg("rect", { class: part.fill, x: left + slot * (one.from - first) / times.seconds + slot * .08, y: Math.min(to, from - 1), width: Math.max(1, slot * .84), height: Math.max(1, from - to) },
          svg("title", null, `${clock(date(one.from))} UTC: ${number(count)} ${part.title}`)));
        base += count;
      }
    }
    const end = first + Math.max(slots, 1) * times.seconds;
    drawing.append(svg("text", { x: left, y: height - 6 }, clock(date(first))),
      svg("text", { x: Math.min(width, Math.max(left + slot * slots, left + 340)), y: height - 6, "text-anchor": "end" }, `${clock(date(end))} UTC`));
    const present = series.filter(part => intervals.some(one => one[part.key]));
    return el("figure", { class: "card chart", role: "group", "aria-label": title.text },
      el("h3", null, title.text),
      drawing,
      el("ul", { class: "legend" }, present.map(part => el("li", null, svg("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" }, svg("rect", { class: part.fill, width: 10, height: 10 })), part.title)),
        el("li", null, `a column is ${interval(times.seconds)}`)),
      el("details", null, el("summary", null, "As a table"), scrolling(`${title.text}, as a table`, table(null,
        [{ title: "from (UTC)", nowrap: true }, ...present.map(part => ({ title: part.title, number: true }))],
        intervals.map(one => [clock(date(one.from)), ...present.map(part => one[part.key] ?? 0)])))));
  }

  function niceStep(highest) {
    const rough = Math.max(1, highest / 4);
    const power = 10 ** Math.floor(Math.log10(rough));
    return [1, 2, 5, 10].map(factor => factor * power).find(step => step >= rough);
  }

  // ---- Title block and findings

  const totals = report.totals;
  const worst = levels.find(name => totals.byLevel[name] > 0);

  function showFindings() {
    at("version").textContent = report.version;
    at("subtitle").textContent = [
      plural(totals.files, "capture file"),
      totals.first && `${clock(totals.first)} to ${clock(totals.last)} UTC`,
      `made ${clock(report.created)} UTC`].filter(Boolean).join(" · ");
    const notices = [
      report.partial && "The run was interrupted: only a part of the input was read.",
      totals.filesFailed > 0 && `${plural(totals.filesFailed, "file was", "files were")} not read to the end. “What was read” says why.`,
      totals.alertsNotListed > 0 && `${plural(totals.alertsNotListed, "alert is", "alerts are")} counted here and not listed, for want of room.`];
    at("notices").append(...notices.filter(Boolean).map(text => el("p", { class: "notice" }, text)));
    at("figures").append(...[
      ["alerts", totals.alerts], ["clients with alerts", totals.clientsWithAlerts], ["domains with alerts", totals.domainsWithAlerts],
      ["rules that raised them", `${number(totals.rulesFired)} of ${number(totals.rulesRunning)}`],
      ["lookups", totals.lookups], ["clients", totals.clients], ["names", totals.names], ["packets", totals.packets],
    ].map(([name, value]) => el("div", null, el("dt", null, name), el("dd", null, typeof value === "number" ? number(value) : shown(value)))));
    at("sentences").append(...sentences().map(parts => el("li", null, parts)));
    const chart = timeChart({ id: "alert-times", text: "Alerts by time" }, report.timeLine, levels.map(name => ({ key: name, title: name, fill: `fill-${name}` })));
    if (chart) at("timeline").append(chart);
    if (report.rules.length > 0) {
      const highest = Math.max(...report.rules.map(rule => rule.alerts));
      at("rankings").append(el("div", { class: "card" }, scrolling("Alerts by rule", table("Alerts by rule",
        [{ title: "rule" }, { title: "level" }, { title: "alerts", number: true }, { bar: true }],
        report.rules.slice(0, 50).map(rule => [rule.title, level(rule.level), rule.alerts, bar(rule.alerts, highest)])))));
      at("rankings").append(...report.alertTables.filter(one => one.rows.length > 0).map(statistics));
    }
  }

  function sentences() {
    const found = [];
    if (totals.alerts === 0) found.push(["No rule matched. ", plural(totals.rulesRunning, "rule"), " looked at ", plural(totals.dnsMessages, "DNS message"), "."]);
    else {
      const counts = levels.filter(name => totals.byLevel[name] > 0).map(name => `${number(totals.byLevel[name])} ${name}`).join(", ");
      found.push([`${plural(totals.alerts, "alert")} (${counts}) about ${plural(totals.clientsWithAlerts, "client")} and ${plural(totals.domainsWithAlerts, "domain")}. The highest level is ${worst}.`]);
      for (const rule of report.rules.slice(0, 3)) found.push([el("strong", null, rule.title), ` (${rule.level}): ${plural(rule.alerts, "alert")}.`]);
    }
    report.health.forEach(one => found.push([`${capital(one.name)}: ${one.advice}`]));
    if (report.encryptedDns.length > 0) found.push([`${plural(report.encryptedDns.length + report.encryptedDnsFurtherClients, "client")} used encrypted DNS, which rules cannot see.`]);
    return found;
  }

  // ---- Alerts: groups in pages, filtered and sorted

  const columns = [
    { key: "level", title: "level", value: group => levels.indexOf(report.rules[group.rule].level) },
    { key: "rule", title: "rule", value: group => report.rules[group.rule].title },
    { key: "client", title: "client", value: group => group.client ?? "" },
    { key: "domain", title: "domain", value: group => group.domain ?? "" },
    { key: "count", title: "alerts", value: group => -group.count, number: true },
    { key: "first", title: "first (UTC)", value: group => group.first ?? "" },
  ];
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  const view = { order: "level", isDescending: false, page: 0, groups: report.groups, count: totals.groups, alerts: totals.alerts - totals.alertsNotGrouped, open: new Set() };

  // A group has its first names; only where there are more must its alerts be looked at.
  const haystack = group => group.text ??= [report.rules[group.rule].title, group.client, group.domain, ...group.names,
    ...(group.moreNames ? alertsOf(group).map(one => one.about.name) : [])].join("\n").toLowerCase();

  async function filter() {
    await unpackGroups();
    const wanted = at("search").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const least = at("level").value === "" ? levels.length : Number(at("level").value);
    const rule = at("rule").value;
    if (wanted.length > 0 && report.groups.some(group => group.moreNames)) await unpackAlerts();
    view.groups = report.groups.filter(group => levels.indexOf(report.rules[group.rule].level) <= least
      && (rule === "" || group.rule === Number(rule))
      && wanted.every(word => haystack(group).includes(word)));
    view.count = view.groups.length;
    view.alerts = view.groups.reduce((sum, group) => sum + group.count, 0);
    sort();
  }

  // The data come in the order of level and number; for every other order that one decides between equals.
  function sort() {
    const column = columns.find(one => one.key === view.order);
    const keyed = view.groups.map(group => [column.value(group), group]);
    const isText = keyed.length > 0 && typeof keyed[0][0] === "string";
    const isTime = column.key === "first";
    keyed.sort((a, b) => isText && !isTime ? compare(a[0], b[0]) : a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);
    if (view.isDescending) keyed.reverse();
    view.groups = keyed.map(pair => pair[1]);
    view.page = 0;
    showPage();
  }

  function showPage() {
    const pages = Math.max(1, Math.ceil(view.count / pageSize));
    view.page = Math.min(view.page, pages - 1);
    const from = view.page * pageSize;
    at("count").textContent = view.count === 0 ? "Nothing matches the filter."
      : `${plural(view.alerts, "alert")} in ${plural(view.count, "group")}${pages > 1 ? `, page ${view.page + 1} of ${number(pages)}` : ""}`;
    const body = el("tbody", null, view.groups.slice(from, from + pageSize).flatMap(rowsOf));
    at("alert-table").replaceChildren(el("div", { class: "card" }, el("table", { class: "alerts stack" },
      el("caption", null, "Alerts of the same rule, client and registered domain stand in one row"),
      el("thead", null, el("tr", null, columns.map(head), el("td", null, ""))), body)));
    at("pages").replaceChildren();
    if (pages > 1) {
      const button = (text, page, isOff) => el("button", { type: "button", disabled: isOff, click: () => turnTo(page, text) }, text);
      at("pages").append(button("First", 0, view.page === 0), button("Previous", view.page - 1, view.page === 0),
        el("span", null, `Page ${number(view.page + 1)} of ${number(pages)}`),
        button("Next", view.page + 1, view.page === pages - 1), button("Last", pages - 1, view.page === pages - 1));
    }
  }

  async function turnTo(page, pressed) {
    await unpackGroups();
    view.page = page;
    showPage();
    const buttons = [...at("pages").querySelectorAll("button:not(:disabled)")];
    (buttons.find(button => button.textContent === pressed) ?? buttons[0])?.focus();
  }

  function head(column) {
    const isOrder = view.order === column.key;
    const press = async () => {
      await unpackGroups();
      view.isDescending = isOrder && !view.isDescending;
      view.order = column.key;
      sort();
      at("alert-table").querySelector(`[data-key="${column.key}"]`).focus();
    };
    return el("th", { scope: "col", class: column.number ? "number" : null, "aria-sort": isOrder ? (view.isDescending ? "descending" : "ascending") : null },
      el("button", { type: "button", "data-key": column.key, click: press }, column.title));
  }

  function rowsOf(group) {
    const rule = report.rules[group.rule];
    const isOpen = view.open.has(group);
    const { index } = group;
    const button = el("button", { type: "button", class: "open", "aria-expanded": String(isOpen), "aria-controls": isOpen ? `detail-${index}` : null,
      "aria-label": `${isOpen ? "Close" : "Details"}: ${rule.title}, ${group.client ?? "no client"}, ${group.domain ?? "no domain"}` }, isOpen ? "Close" : "Details");
    const cells = [level(rule.level), rule.title, group.client, group.domain, group.count, clock(group.first)];
    const row = el("tr", { class: isOpen ? "is-open" : null }, cells.map((value, place) => {
      const isEmpty = value === undefined || value === null;
      return el("td", { class: [columns[place].number && "number", (place === 2 || place === 3) && "mono", place === 5 && "nowrap", isEmpty && "empty"].filter(Boolean).join(" ") || null,
        "data-label": columns[place].title }, isEmpty ? "–" : typeof value === "number" ? number(value) : value);
    }), el("td", null, button));
    const detail = isOpen ? el("tr", { class: "detail", id: `detail-${index}` }, el("td", { colspan: columns.length + 1 }, detailOf(group, rule))) : null;
    button.addEventListener("click", async () => {
      await unpackAlerts();
      const [now, next] = [row, detail ?? null];
      if (!view.open.delete(group)) view.open.add(group);
      const fresh = rowsOf(group);
      next?.remove();
      now.replaceWith(...fresh);
      fresh[0].querySelector(".open").focus();
    });
    return detail ? [row, detail] : [row];
  }

  /** Pairs as a definition list; those without a value are left out. */
  const facts = pairs => el("dl", { class: "facts" }, pairs.filter(([, value]) => value !== undefined && value !== null && value !== "" && !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => [el("dt", null, name), el("dd", null, value)]));

  function detailOf(group, rule) {
    const list = el("div");
    const alerts = alertsOf(group);
    const more = el("button", { type: "button", click: () => add() }, "More");
    let next = 0;
    function add() {
      list.append(...alerts.slice(next, next + alertsAtOnce).map(alertOf));
      next += alertsAtOnce;
      more.hidden = next >= alerts.length;
    }
    add();
    return [
      el("h3", null, rule.title),
      rule.description && el("p", { class: "rule-text" }, rule.description),
      facts([
        ["caveat", rule.caveat], ["ATT&CK", [...rule.tactics, ...rule.techniques].join(", ")], ["false positives", rule.falsePositives.join("; ")],
        ["references", rule.references.map(text => el("div", { class: "mono" }, text))], ["author", rule.author], ["status", rule.status], ["rule", [rule.id, rule.file].filter(Boolean).join(" · ")],
        ["first, last", group.first && `${clock(group.first)} to ${clock(group.last)} UTC`], ["names", group.names.length > 1 && [group.names.join(", "), group.moreNames && " and others"]],
      ]),
      list,
      el("p", null, more),
      group.count > alerts.length && el("p", { class: "note" }, `${plural(group.count - alerts.length, "alert")} of this group are counted and not listed.`),
    ];
  }

  function alertOf(alert) {
    const { about, evidence } = alert;
    const title = el("h4", null, `${clock(about.time)} UTC · `, el("span", { class: "mono" }, about.name ?? "–"), about.type && ` · ${about.type}`);
    const place = about.file ? `${about.file}#${about.packet}` : `packet ${about.packet}`;
    const common = [["client", about.client && el("span", { class: "mono" }, about.client)], ["server", about.server && el("span", { class: "mono" }, `${about.server} (${about.transport})`)],
      ["message", about.message], ["packet", el("span", { class: "mono" }, place)]];
    if (!evidence) {
      return el("div", { class: "one" }, title, facts(common), el("p", { class: "note" }, "Its packets are not in this report. wiredns inspect shows them."));
    }
    return el("div", { class: "one" }, title,
      facts([...common,
        ["response", evidence.responseCode && [evidence.responseCode, evidence.roundTrip && ` after ${evidence.roundTrip}`]],
        ["header", `id ${evidence.dnsId}, ${evidence.opcode}${evidence.flags ? ", " + evidence.flags : ""}`],
        ["interface", evidence.interface], ["VLANs", evidence.vlans], ["tunnels", evidence.tunnels], ["Community ID", evidence.communityId], ["malformed", evidence.malformed], ["note", evidence.notes], ["alert", about.id],
      ]),
      el("h4", null, "Why it matched"),
      evidence.reasons.length === 0 ? el("p", null, "The condition holds because something is absent.")
        : el("ul", { class: "plain" }, evidence.reasons.map(reasonOf)),
      evidence.correlation && [el("h4", null, "Correlation"), el("p", null, evidence.correlation.what, evidence.correlation.group && `; ${evidence.correlation.group}`),
        scrolling("Events of the correlation", table(null, [{ title: "time (UTC)", nowrap: true }, { title: "client", mono: true }, { title: "name", mono: true }, { title: "packet" }],
          evidence.correlation.events.map(one => [clock(one.time), one.client, one.name, `${one.file ? one.file : ""}#${one.packet}`])))],
      evidence.answers.length > 0 && [el("h4", null, "Answers"), scrolling("Answers", table(null,
        [{ title: "name", mono: true }, { title: "type" }, { title: "TTL", number: true }, { title: "data", mono: true }],
        evidence.answers.map(one => [one.name, one.type, one.ttl, one.data]))),
        evidence.furtherAnswers > 0 && el("p", { class: "note" }, `${plural(evidence.furtherAnswers, "further answer")}.`)],
      el("h4", null, "Packets"),
      evidence.packets.map(packetOf),
      evidence.furtherPackets > 0 && el("p", { class: "note" }, `${plural(evidence.furtherPackets, "further packet")}.`),
      evidence.missing && el("p", { class: "note" }, `Missing: ${evidence.missing}.`));
  }

  function reasonOf(reason) {
    const asked = el("code", null, `${reason.field ?? "keyword"}${reason.modifiers ? "|" + reason.modifiers : ""}: ${reason.pattern ?? ""}`);
    if (reason.absent) return el("li", null, asked, reason.negated ? " is not there, as the rule demands" : " is absent");
    const value = el("code", null, reason.before ?? "", el("mark", null, reason.match ?? ""), reason.after ?? "");
    return el("li", null, asked, reason.negated ? " must not match, and does not: " : " matched ", value);
  }

  function packetOf(packet) {
    const octets = Uint8Array.from(atob(packet.data), letter => letter.charCodeAt(0));
    const from = packet.nameStart ?? -1;
    const to = from < 0 ? -1 : from + packet.nameLength;
    const isMarked = index => index >= from && index < to;
    const rows = [];
    for (let row = 0; row < octets.length; row += 16) {
      const indexes = Array.from({ length: Math.min(16, octets.length - row) }, (_, i) => row + i);
      const hex = runs(indexes, isMarked, index => octets[index].toString(16).padStart(2, "0") + (index % 16 === 7 ? "  " : index % 16 === 15 ? "" : " "));
      const pad = " ".repeat(Math.max(0, 48 - indexes.reduce((sum, index) => sum + (index % 16 === 7 ? 4 : index % 16 === 15 ? 2 : 3), 0)));
      const text = runs(indexes, isMarked, index => octets[index] >= 32 && octets[index] < 127 ? String.fromCharCode(octets[index]) : ".");
      rows.push(el("span", { class: "offset" }, row.toString(16).padStart(4, "0"), "  "), hex, pad, "  ", text, "\n");
    }
    const label = `Packet ${packet.number}, ${packet.part}`;
    return el("div", null, el("p", null, `${capital(packet.part)}: packet ${number(packet.number)}, ${clock(packet.time)} UTC, ${plural(packet.length, "byte")}`,
      octets.length < packet.captured && `, of which the first ${octets.length} are shown`, from >= 0 && "; the name is marked"),
    el("pre", { tabindex: "0", role: "group", "aria-label": label }, rows));
  }

  // Neighbours that are marked alike become one node.
  function runs(indexes, isMarked, show) {
    const nodes = [];
    for (let start = 0; start < indexes.length;) {
      let end = start;
      while (end < indexes.length && isMarked(indexes[end]) === isMarked(indexes[start])) end++;
      const text = indexes.slice(start, end).map(show).join("");
      nodes.push(isMarked(indexes[start]) ? el("mark", null, text.trimEnd()) : text, isMarked(indexes[start]) ? text.slice(text.trimEnd().length) : "");
      start = end;
    }
    return nodes;
  }

  // ---- Export

  // What a spreadsheet takes for a formula gets a ' before it, as has what begins with one: take one away to have the text back.
  function csvCell(value) {
    const text = value === undefined || value === null ? "" : String(value);
    const safe = typeof value === "string" && /^[=+\-@\t\r']/.test(text) ? "'" + text : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }

  async function exportCsv() {
    await Promise.all([unpackGroups(), unpackAlerts()]);
    const rows = ["time,level,rule,rule_id,client,server,transport,message,type,name,registered_domain,file,packet,alert_id"];
    for (const group of view.groups) {
      const rule = report.rules[group.rule];
      for (const { about } of alertsOf(group)) {
        rows.push([about.time, rule.level, rule.title, rule.id, about.client, about.server, about.transport, about.message, about.type, about.name, group.domain, about.file, about.packet, about.id]
          .map(csvCell).join(","));
      }
    }
    const address = URL.createObjectURL(new Blob([rows.join("\r\n") + "\r\n"], { type: "text/csv;charset=utf-8" }));
    el("a", { href: address, download: "alerts.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }

  function startAlerts() {
    at("alerts-note").textContent = totals.alerts === 0 ? "No rule matched." : `“Details” shows why an alert was raised, its answers and its packets.${
      totals.alertsWithoutEvidence > 0 ? ` The first three alerts of a group have their packets here, as far as there is room; ${plural(totals.alertsWithoutEvidence, "alert")} have none.` : ""}`;
    if (report.groups.length === 0) {
      for (const id of ["filters", "count"]) at(id).hidden = true;
      return;
    }
    at("level").append(el("option", { value: "" }, "all"), ...levels.slice(0, -1).map((name, index) => el("option", { value: index }, index === 0 ? name : `${name} and higher`)));
    at("rule").append(el("option", { value: "" }, "all"), ...report.rules.map((rule, index) => el("option", { value: index }, rule.title)));
    let waiting = 0;
    at("search").addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, 120); });
    at("level").addEventListener("change", filter);
    at("rule").addEventListener("change", filter);
    at("filters").addEventListener("submit", event => { event.preventDefault(); filter(); });
    at("filters").addEventListener("reset", () => setTimeout(filter, 0));
    at("export").addEventListener("click", exportCsv);
    showPage();
  }

  // ---- The rest

  function showTechniques() {
    const found = report.techniques;
    at("techniques").append(found.length === 0 ? el("p", { class: "note" }, "The rules name no technique.")
      : el("div", { class: "card" }, table("Techniques that the rules name",
        [{ title: "technique", nowrap: true }, { title: "name" }, { title: "alerts", number: true }, { bar: true }, { title: "rules that run", number: true }, { title: "raised by" }],
        found.map(one => [one.id, one.name, one.alerts, bar(one.alerts, found[0].alerts), one.rules, one.titles.slice(0, 5).join("; ") + (one.titles.length > 5 ? " …" : "")]), { class: "stack" })));
  }

  function showDns() {
    const times = { seconds: report.lookupTimes.seconds, intervals: report.lookupTimes.intervals.map(one => ({ ...one, others: one.lookups - one.withoutResponse - one.nxdomain })) };
    const chart = timeChart({ id: "lookup-chart", text: "Lookups by time" }, times, [
      { key: "others", title: "answered", fill: "fill-bar" }, { key: "nxdomain", title: "NXDOMAIN", fill: "fill-medium" }, { key: "withoutResponse", title: "without a response", fill: "fill-informational" }]);
    if (chart) at("lookup-times").append(chart);
    else at("lookup-times").append(el("p", { class: "note" }, "There was no lookup."));
    at("lookup-tables").append(...report.lookupTables.map(statistics));
  }

  function showAnomalies() {
    const rows = report.files.flatMap(file => file.anomalies.map(one => [capital(one.words), one.kind, one.count, file.path, one.packets.map(packet => `#${packet}`).join(" ") + (one.count > one.packets.length ? " …" : "")]));
    at("anomaly-table").append(rows.length === 0 ? el("p", { class: "note" }, "No message was malformed, and every packet could be decoded.")
      : el("div", { class: "card" }, table("What could not be read in full, by reason and file",
        [{ title: "what" }, { title: "kind" }, { title: "count", number: true }, { title: "file", mono: true }, { title: "packets" }], rows.slice(0, 1000), { class: "stack" }),
      rows.length > 1000 && el("p", { class: "note" }, `${number(rows.length - 1000)} more: wiredns summary lists them.`)));
  }

  function showProvenance() {
    const coverage = report.coverage;
    at("provenance").append(
      el("div", { class: "card" }, table("Files",
        [{ title: "file", mono: true }, { title: "format" }, { title: "link types" }, { title: "first (UTC)", nowrap: true }, { title: "last (UTC)", nowrap: true }, { title: "packets", number: true }, { title: "DNS", number: true }, { title: "alerts", number: true }, { title: "loss" }],
        report.files.map(file => [
          [el("div", null, file.path), file.sha256 && el("div", { class: "note" }, `SHA-256 ${file.sha256}, ${bytes(file.size)}`), file.failure && el("div", { class: "note" }, `Not read to its end: ${file.failure}`)],
          file.format && [file.format, file.compression && `, ${file.compression}`], file.linkTypes.join(", "), file.first && clock(file.first), file.last && clock(file.last), file.packets, file.dnsMessages, file.alerts, file.loss]), { class: "stack" }),
      totals.filesNotListed > 0 && el("p", { class: "note" }, `${plural(totals.filesNotListed, "more file")} not listed.`)),
      el("div", { class: "columns" },
        el("div", { class: "card" }, el("h3", null, "Health of the mirror"), report.health.length === 0 ? el("p", null, totals.dnsPackets === 0 ? "Not known, as no DNS was seen." : "No fault was found.")
          : el("ul", null, report.health.map(one => el("li", null, one.advice)))),
        el("div", { class: "card" }, table("Coverage of the rules", [{ title: "coverage" }, { title: "rules", number: true }],
          [["full", "run in full"], ["degraded", "run with a caveat"], ["inert", "need what no wire carries"], ["not_dns", "are not about DNS"], ["rejected", "have a fault"]].map(([key, text]) => [text, coverage[key]])))),
      coverage.notInFull.length > 0 && el("details", { class: "card" }, el("summary", null, `Rules that do not run in full (${number(coverage.notInFull.length + coverage.notInFullNotListed)})`),
        table(null, [{ title: "rule" }, { title: "coverage" }, { title: "why" }], coverage.notInFull.map(one => [one.title, one.coverage, one.reason]), { class: "stack" })),
      report.encryptedDns.length > 0 && el("div", { class: "card" }, table("Encrypted DNS, which rules cannot see", [{ title: "client", mono: true }, { title: "packets", number: true }, { title: "what" }],
        report.encryptedDns.map(one => [one.client, one.packets, one.what]))),
      el("details", { class: "card" }, el("summary", null, "The ledger: where every packet ended"), el("pre", { tabindex: "0", role: "group", "aria-label": "The ledger" }, report.summary.join("\n"))),
      el("div", { class: "card" }, el("h3", null, "How this report was made"), facts([
        ["program", `WireDns ${report.version}`], ["command line", el("code", null, report.commandLine.map(word => /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`).join(" "))],
        ["made", `${clock(report.created)} UTC`], ["reading took", `${report.seconds} s`]])));
  }

  // On paper there are no pages to turn: more rows, and the tables of charts.
  function preparePrint() {
    window.addEventListener("beforeprint", () => document.querySelectorAll("details.card").forEach(one => { one.open = true; }));
  }

  showFindings();
  startAlerts();
  showTechniques();
  showDns();
  showAnomalies();
  showProvenance();
  preparePrint();
  at("colophon").textContent = `WireDns ${report.version}. This page fetches nothing and sends nothing.`;
  document.documentElement.dataset.ready = "true";
})();
