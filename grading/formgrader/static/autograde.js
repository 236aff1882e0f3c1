// The button above the list of hand-ins: grade all that is new, and say how far it is.

window.addEventListener("load", () => {
  const button = document.querySelector("#autograde-all");
  const status = document.querySelector("#autograde-status");
  if (!button) return;

  const say = (text) => {
    status.textContent = text;
  };

  const told = { total: 0, done: 0, failed: 0 };

  const take = (line) => {
    if ("total" in line) Object.assign(told, { total: line.total, done: 0, failed: 0 });
    else if ("end" in line) return finish(line);
    else {
      told.done += 1;
      if (line.state === "failed") told.failed += 1;
    }
    const failed = told.failed ? `，${told.failed} 份没有批成` : "";
    say(`正在自动批改：${told.done} / ${told.total} 份${failed}`);
  };

  const finish = ({ log }) => {
    say(log);
    button.disabled = false;
    window.loadSubmissions();
  };

  const read = async (body) => {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) take(JSON.parse(line));
    }
  };

  button.addEventListener("click", async () => {
    button.disabled = true;
    say("正在准备……");
    try {
      const url = `${window.base_url}/formgrader/api/assignment/${window.assignment_id}/autograde`;
      const headers = { "X-CSRFToken": window.getCookie("_xsrf") };
      const answer = await fetch(url, { method: "POST", headers });
      if (answer.ok) await read(answer.body);
      else {
        say(`没有开始批改（${answer.status}）。请刷新本页，再点一次；仍不行，请联系管理员。`);
        button.disabled = false;
      }
    } catch {
      say("与服务器的连接断了。批改仍在进行；过一会儿刷新本页查看，没有批完的可以再点一次。");
      button.disabled = false;
    }
  });
});
