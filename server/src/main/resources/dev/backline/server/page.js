"use strict";
(() => {
    const zh = {
        skip: "跳到解答", lead: "粘贴内核日志，或把文件拖到这里：看看哪里崩溃、为什么，并附源码行。",
        log: "日志", paste: "粘贴日志", hint: "dmesg、journalctl -k、控制台或探针的输出。不会保存任何内容。",
        choose: "或选择文件（也可以是 .gz、.xz、.zst、.bz2）", remove: "移除文件",
        question: "要解答什么", explain: "解释崩溃报告", symbolize: "所有栈帧的源码行",
        report: "解释探针记录到的 TCP RST", more: "内核", release: "内核版本（uname -r），日志里没有时填写",
        known: "这里有调试文件的内核", send: "解答", stop: "停止", answer: "解答",
        html: "下载 HTML", json: "下载 JSON", markdown: "下载 Markdown", plain: "下载文本",
        footer: "本页面不从别处加载任何内容。程序接口见 /openapi.json。",
        empty: "先粘贴日志，或选择文件。", sending: "正在发送：{}%", waiting: "正在解答…", done: "完成。",
        stopped: "已停止。", lost: "无法连接服务。", failed: "回答没有传完。", chosen: "文件：{}",
        none: "日志里没有崩溃报告。下面是其中的栈帧。", lines: "栈帧与源码行", noFrames: "日志里没有栈帧。",
        notes: "说明", rest: "还有 {} 个栈帧；下载 JSON 可以看到全部。", noKernels: "没有。", modules: "{} 个模块",
        inlined: "内联", title: "backline：哪里崩溃，为什么",
    };
    const en = {
        empty: "Paste a log or choose a file first.", sending: "Sending: {} %", waiting: "Answering …", done: "Done.",
        stopped: "Stopped.", lost: "The service cannot be reached.", failed: "The answer broke off.", chosen: "File: {}",
        none: "There is no crash report in the log. These are its frames.", lines: "Frames and their source lines",
        noFrames: "There is no stack frame in the log.", notes: "Notes",
        rest: "{} more frames; the download as JSON has all.", noKernels: "None.", modules: "{} modules",
        inlined: "inlined", title: document.title,
    };
    const by = id => document.getElementById(id);
    for (const each of document.querySelectorAll("[data-t]")) {
        en[each.dataset.t] = each.textContent;
    }
    let language = "en";
    const say = (key, value) => ((language === "zh" ? zh[key] : en[key]) || en[key]).replace("{}", value);
    const speak = to => {
        language = to;
        document.documentElement.lang = to;
        document.title = say("title");
        for (const each of document.querySelectorAll("[data-t]")) {
            each.textContent = say(each.dataset.t);
        }
        by("language").textContent = to === "zh" ? "English" : "中文";
        by("language").lang = to === "zh" ? "en" : "zh";
    };
    const MOST_FRAMES = 500;
    let file = null;
    let request = null;
    /** What was answered last: the downloads ask for the same. */
    let asked = null;

    const make = (name, text, ...classes) => {
        const element = document.createElement(name);
        element.classList.add(...classes);
        element.textContent = text;
        return element;
    };
    const status = text => by("status").textContent = text;
    const take = chosen => {
        file = chosen;
        by("remove").hidden = !file;
        by("text").disabled = !!file;
        status(file ? say("chosen", file.name) : "");
    };

    /** Sends the log, and resolves to the answer's text; shows how much was sent. */
    const post = (question, body, type, parameters) => new Promise((resolve, reject) => {
        const query = new URLSearchParams(parameters);
        if (by("release").value.trim()) {
            query.set("release", by("release").value.trim());
        }
        request = new XMLHttpRequest();
        request.open("POST", "v1/" + question + "?" + query);
        request.setRequestHeader("Accept", type);
        request.setRequestHeader("Content-Type", "application/octet-stream");
        const progress = by("progress");
        request.upload.onprogress = event => {
            if (event.lengthComputable) {
                progress.value = event.loaded / event.total;
                status(say("sending", Math.floor(100 * event.loaded / event.total)));
            }
        };
        request.upload.onload = () => {
            progress.removeAttribute("value");
            status(say("waiting"));
        };
        request.onload = () => request.status === 200
            ? resolve(request.responseText)
            : reject(new Error(problem(request.responseText)));
        request.onerror = () => reject(new Error(say(request.status ? "failed" : "lost")));
        request.onabort = () => reject(new Error(say("stopped")));
        request.send(body);
    });
    const problem = text => {
        try {
            return JSON.parse(text).error;
        } catch {
            return text;
        }
    };

    const frameItem = frame => {
        const item = make("li", "");
        item.append(make("code", frame.text.trim()));
        for (const each of frame.frames) {
            if (!each.file) {
                continue;
            }
            const at = make("div", "", "at");
            const place = each.file + ":" + each.line;
            if (each.url && each.url.startsWith("https://")) {
                const link = make("a", place);
                link.href = each.url;
                link.rel = "noreferrer";
                at.append(link);
            } else {
                at.append(make("span", place));
            }
            at.append(" " + each.function + (each.inlined ? " (" + say("inlined") + ")" : ""));
            item.append(at);
        }
        return item;
    };
    const showFrames = (answer, open) => {
        const box = make("details", "");
        box.open = open;
        box.append(make("summary", say("lines")));
        if (answer.frames.length === 0) {
            box.append(make("p", say("noFrames")));
        }
        const list = make("ol", "", "lines");
        list.append(...answer.frames.slice(0, MOST_FRAMES).map(frameItem));
        box.append(list);
        if (answer.frames.length > MOST_FRAMES) {
            box.append(make("p", say("rest", answer.frames.length - MOST_FRAMES), "hint"));
        }
        by("frames").replaceChildren(box);
        if (answer.notes.length > 0) {
            const notes = make("ul", "");
            notes.append(...answer.notes.map(each => make("li", each)));
            by("notes").replaceChildren(make("h3", say("notes")), notes);
        }
    };
    /** Takes over what a report's page shows. The service escapes all of it, and the policy runs nothing. */
    const showPage = html => {
        // Without its style, which this page has already.
        const main = new DOMParser().parseFromString(html.slice(html.indexOf("<main")), "text/html").querySelector("main");
        const found = !!main && !!main.querySelector("article");
        by("answer").replaceChildren(...(main ? main.childNodes : []));
        return found;
    };

    const begin = () => {
        by("error").hidden = true;
        by("downloads").hidden = true;
        for (const id of ["answer", "frames", "notes"]) {
            by(id).replaceChildren();
        }
        by("progress").value = 0;
        by("progress").hidden = false;
        by("send").disabled = true;
        by("stop").hidden = false;
    };
    const end = () => {
        by("progress").hidden = true;
        by("send").disabled = false;
        by("stop").hidden = true;
        request = null;
    };
    const fail = message => {
        by("result").hidden = false;
        by("error").textContent = message;
        by("error").hidden = false;
        status("");
        by("result").focus();
    };

    const ask = async () => {
        const body = file || by("text").value;
        if (!file && !body.trim()) {
            fail(say("empty"));
            return;
        }
        const question = document.querySelector("[name=question]:checked").value;
        begin();
        try {
            if (question === "symbolize") {
                showFrames(JSON.parse(await post(question, body, "application/json", {links: "auto"})), true);
            } else if (question === "report") {
                showPage(await post(question, body, "text/html", {lang: language}));
            } else {
                const found = showPage(await post(question, body, "text/html", {}));
                by("result").hidden = false;
                if (!found) {
                    by("answer").replaceChildren(make("p", say("none")));
                }
                showFrames(JSON.parse(await post("symbolize", body, "application/json", {links: "auto"})), !found);
            }
            asked = {question, body};
            for (const each of by("downloads").children) {
                const type = each.dataset.type;
                each.hidden = question === "symbolize" && type === "text/html"
                    || question !== "explain" && type === "text/markdown";
            }
            by("downloads").hidden = false;
            by("result").hidden = false;
            status(say("done"));
            by("result").focus();
        } catch (error) {
            fail(error.message);
        } finally {
            end();
        }
    };
    const download = async button => {
        try {
            const lang = asked.question === "report" ? {lang: language} : {};
            const text = await post(asked.question, asked.body, button.dataset.type, lang);
            const link = document.createElement("a");
            link.href = URL.createObjectURL(new Blob([text], {type: button.dataset.type}));
            link.download = "backline-" + asked.question + "." + button.dataset.name;
            link.click();
            setTimeout(() => URL.revokeObjectURL(link.href), 10000);
            status(say("done"));
        } catch (error) {
            fail(error.message);
        } finally {
            end();
        }
    };

    by("ask").addEventListener("submit", event => {
        event.preventDefault();
        ask();
    });
    by("text").addEventListener("keydown", event => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
            event.preventDefault();
            ask();
        }
    });
    by("stop").addEventListener("click", () => request && request.abort());
    by("file").addEventListener("change", () => take(by("file").files[0] || null));
    by("remove").addEventListener("click", () => {
        by("file").value = "";
        take(null);
        by("text").focus();
    });
    by("language").addEventListener("click", () => speak(language === "zh" ? "en" : "zh"));
    by("downloads").addEventListener("click", event => event.target.dataset.type && download(event.target));
    document.addEventListener("dragover", event => {
        event.preventDefault();
        document.body.classList.add("dropping");
    });
    document.addEventListener("dragleave", event => {
        if (!event.relatedTarget) {
            document.body.classList.remove("dropping");
        }
    });
    document.addEventListener("drop", event => {
        event.preventDefault();
        document.body.classList.remove("dropping");
        if (event.dataTransfer.files.length > 0) {
            take(event.dataTransfer.files[0]);
            ask();
        } else if (event.dataTransfer.getData("text")) {
            take(null);
            by("text").value = event.dataTransfer.getData("text");
        }
    });
    document.addEventListener("paste", event => {
        if (event.clipboardData && event.clipboardData.files.length > 0) {
            event.preventDefault();
            take(event.clipboardData.files[0]);
        }
    });
    fetch("v1/kernels").then(answer => answer.json()).then(answer => {
        const releases = new Set();
        for (const each of answer.kernels) {
            const name = each.release || each.buildId;
            by("known").append(make("li", name + (each.modules ? ", " + say("modules", each.modules) : "")));
            if (each.release && !releases.has(each.release)) {
                releases.add(each.release);
                const option = document.createElement("option");
                option.value = each.release;
                by("releases").append(option);
            }
        }
        if (answer.kernels.length === 0) {
            by("known").append(make("li", say("noKernels")));
        }
    }).catch(() => {});
    if ((navigator.language || "").startsWith("zh")) {
        speak("zh");
    }
})();
