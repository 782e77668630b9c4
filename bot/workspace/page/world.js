// Who and what there is in the workspace, as the person now at the page may see it.

export class World {
  constructor(state) { this.read(state); }

  /** Takes in what has changed; who already looks at this world sees it. */
  read(state) {
    this.me = typeof state.me === "string" ? state.me : state.me?.id;
    this.users = state.users ?? [];
    this.apps = state.apps ?? [];
    this.channels = state.channels ?? [];
    this.commands = state.commands ?? [];
    this.shortcuts = state.shortcuts ?? [];
    this.offers = state.offers ?? [];
    this.groups = state.groups ?? [];
  }

  user(id) { return this.users.find((user) => user.id === id); }
  people() { return this.users.filter((user) => !user.is_bot && !this.appOfUser(user.id)); }
  app(botId) { return this.apps.find((app) => app.bot_id === botId); }
  appOfUser(id) { return this.apps.find((app) => app.user_id === id || app.user === id || app.bot_user_id === id); }
  channel(id) { return this.channels.find((channel) => channel.id === id); }
  rooms() { return this.channels.filter((channel) => !channel.im); }
  directs() { return this.channels.filter((channel) => channel.im); }

  directWith(app) { return this.directs().find(({ members = [], name }) => members.some((id) => this.appOfUser(id) === app) || name === app.name); }
  /** The apps one can open: those with a face of their own that take direct messages. */
  appsWithHome() { return this.apps.filter((app) => app.home ?? this.directWith(app)); }

  userName(id) {
    const user = this.user(id);
    return this.appOfUser(id)?.name || user?.real_name || user?.name || id;
  }

  channelName(id) {
    const channel = this.channel(id);
    if (!channel) return id;
    if (!channel.im) return channel.name;
    const other = (channel.members ?? []).find((member) => member !== this.me);
    return other ? this.userName(other) : channel.name || id;
  }

  groupName(id) { return this.groups.find((group) => group.id === id)?.handle ?? "group"; }

  /** Whom one can address with an @: people and apps. */
  mentionable() {
    const apps = this.apps.map((app) => ({ id: app.user_id ?? app.user ?? app.bot_user_id, name: app.name, about: "app" }));
    const people = this.people().map((user) => ({ id: user.id, name: user.real_name || user.name, handle: user.name, about: user.title ?? "" }));
    return [...people, ...apps].filter((one) => one.id);
  }
}
