/// The calls of Segment's HTTP API.
public enum SegmentCall: Sendable, Equatable {
  case track, identify, page, screen, group, alias
  /// Several of the others, each with its `type`.
  case batch

  /// The last part of the call's path, in its long and its short form.
  init?(_ name: some StringProtocol) {
    switch name {
    case "track", "t": self = .track
    case "identify", "i": self = .identify
    case "page", "p": self = .page
    case "screen", "s": self = .screen
    case "group", "g": self = .group
    case "alias", "a": self = .alias
    case "batch", "b", "import": self = .batch
    default: return nil
    }
  }

  /// The call that each item is; nil where the items say it themselves.
  var ofItems: Call? {
    switch self {
    case .track: .track
    case .identify: .identify
    case .page: .page
    case .screen: .screen
    case .group: .group
    case .alias: .alias
    case .batch: nil
    }
  }
}

/// The end points of PostHog.
public enum PostHogCall: Sendable, Equatable {
  /// `/capture`, `/batch`, `/e`, `/i/v0/e`: answered as a whole.
  case capture
  /// `/i/v1/analytics/events`: answered for each event.
  case analytics
}

/// The end points of Mixpanel.
public enum MixpanelCall: Sendable, Equatable {
  /// Events that may be old, each checked.
  case imported
  /// Events of now.
  case track
  /// Changes of a customer's profile.
  case engage
  /// Changes of a group's profile.
  case groups
}

/// The languages that clients speak, told apart by the path of a request.
public enum CollectionDialect: Sendable, Equatable {
  case segment(SegmentCall)
  case posthog(PostHogCall)
  case mixpanel(MixpanelCall)
  /// Waymark's own: what a file of JSON lines may hold.
  case plain

  /// The dialect of a path, with a slash at its end or without; nil where none has such a path.
  public init?(path: String) {
    var path = path[...]
    while path.count > 1, path.last == "/" { path.removeLast() }
    switch path {
    case "/v1/events": self = .plain
    case "/capture", "/batch", "/e", "/i/v0/e", "/i/v0/ai/batch": self = .posthog(.capture)
    case "/i/v1/analytics/events": self = .posthog(.analytics)
    case "/import": self = .mixpanel(.imported)
    case "/track": self = .mixpanel(.track)
    case "/engage": self = .mixpanel(.engage)
    case "/groups": self = .mixpanel(.groups)
    default:
      guard path.hasPrefix("/v1/"), let call = SegmentCall(path.dropFirst(4)) else { return nil }
      self = .segment(call)
    }
  }
}
