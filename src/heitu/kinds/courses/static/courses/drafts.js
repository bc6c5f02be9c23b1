// What is typed is saved a moment after typing stops. Should another page have saved meanwhile, neither text is lost.

const PAUSE = 1000, RETRY = 5000;

export class Drafts {
  constructor({ ask, words, heardOf, revision, edition, copies, typed, save, conflict }) {
    Object.assign(this, { ask, words, heardOf, revision, edition, copies, typed, save, conflict });
    this.isDirty = this.isConflict = false;
    this.changes = this.timer = 0;
    window.addEventListener("beforeunload", (event) => { if (this.isDirty) event.preventDefault(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden && this.isDirty) this.keep(); });
  }

  changed() {
    this.isDirty = true;
    this.changes += 1;
    this.save.textContent = this.words.unsaved;
    if (this.isConflict) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), PAUSE);
  }

  // One at a time; whatever is typed meanwhile is saved after it. Answers whether all is saved.
  async keep(instead = false) {
    clearTimeout(this.timer);
    await this.going;
    this.going = this.send(instead);
    const done = await this.going;
    this.going = null;
    return done;
  }

  async send(instead) {
    const at = this.changes;
    this.save.textContent = this.words.saving;
    try {
      const told = await this.ask("PUT", "draft", { revision: this.revision, edition: this.edition, cells: this.typed(), instead });
      this.revision = told.revision;
      this.isDirty = this.changes !== at;
      this.isConflict = false;
      this.conflict.hidden = true;
      this.heardOf(told.edition);
      this.save.textContent = this.isDirty ? this.words.unsaved : this.words.saved;
      return !this.isDirty;
    } catch (error) {
      if (error.code === "draft_changed") this.clash(error.details, at);
      else this.failed(error);
      return false;
    }
  }

  failed(error) {
    this.save.textContent = error.status ? error.message : this.words.offline;
    if (!error.code) this.timer = setTimeout(() => this.keep(), RETRY);
  }

  // What is on this page is a copy on the server by now.
  clash(details, at) {
    this.isConflict = true;
    this.isDirty = this.changes !== at;
    this.offer(details.copy);
  }

  offer(copy) {
    const link = this.conflict.querySelector("a");
    this.conflict.querySelector("p").textContent = copy ? this.words.conflict : this.words.newer;
    link.hidden = !copy;
    if (copy) link.href = `${this.copies}${copy}/`;
    this.conflict.hidden = false;
    this.save.textContent = "";
  }

  // Another page has saved, and nothing was typed here since.
  heard(revision) {
    if (revision > this.revision && !this.isDirty && !this.going && !this.isConflict) {
      this.isConflict = true;
      this.offer(0);
    }
  }

  async settled() {
    if (this.isConflict) { this.conflict.scrollIntoView({ block: "center" }); return false; }
    for (let tries = 0; this.isDirty && tries < 3; tries += 1) await this.keep();
    return !this.isDirty && !this.isConflict;
  }

  async keepMine() { await this.keep(true); }

  async showTheirs() {
    if (this.isDirty) await this.keep(); // typed since: the copy gets it too
    if (!this.isDirty) window.location.reload(); // else it couldn't be kept, and this page is all there is of it
  }
}
