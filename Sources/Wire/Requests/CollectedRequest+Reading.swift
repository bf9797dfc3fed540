import Events

extension CollectedRequest {
  /// Reads a request: what its client's own server would read from it, and what of it is none.
  ///
  /// - Throws: where the request as a whole cannot be read; nothing of it is taken then.
  public static func read(
    _ request: CollectionRequest
  ) throws(CollectionFailure) -> CollectedRequest {
    guard let dialect = CollectionDialect(path: request.path) else {
      throw CollectionFailure(
        status: 404, "collection.path",
        problem: "Nothing is collected at this path.",
        remedy: "Send to /v1/events, or where your client's own server has its paths.")
    }
    let zone: ZoneTable
    do throws(Refusal) { zone = try ZoneTable.named("UTC") } catch {
      throw CollectionFailure(
        status: 500, error.code, problem: error.problem, remedy: error.remedy)
    }
    let form = RequestForm(request, dialect)
    let payload = try form.payload ?? request.body
    guard payload.count <= CollectionLimits.body else { throw .tooLong }
    var document = JSONDocument(payload)
    let items = try RequestItems(
      of: &document, lines: form.isForm ? .never : dialect.lines(request.contentType),
      list: dialect.list)
    let envelope = RequestEnvelope(
      items, of: document, request, dialect, formKey: form.text("api_key"),
      clock: TimeReader(format: .automatic, order: .unknown, zone: zone))
    var reader = ItemReader(
      document, dialect.vocabulary, around: envelope.surroundings, zone: zone)
    do throws(ItemRefusal) { try reader.gatherShared() } catch {
      throw CollectionFailure(
        status: 400, "batch.context", problem: "The batch's context: \(error.problem)",
        remedy: error.remedy)
    }
    let collected = reader.read(items.all, dialect)
    return CollectedRequest(
      key: envelope.key, dialect: dialect, mode: request.mode ?? form.mode, items: collected,
      leftOut: reader.leftOut, style: form.style,
      texts: ItemTexts(payload: payload, ranges: items.all.map(\.range)))
  }
}

extension ItemReader {
  /// Reads all items of a request.
  fileprivate mutating func read(
    _ items: [RequestItems.Item], _ dialect: CollectionDialect
  ) -> [CollectedItem] {
    var collected: [CollectedItem] = []
    collected.reserveCapacity(items.count)
    for (position, item) in items.enumerated() {
      index = position
      switch item {
      case .broken(let refusal, _): collected.append(.refused(refusal))
      case .value(let value):
        do throws(ItemRefusal) { collected.append(try readAlone(value, dialect)) } catch {
          forgetLeftOut()
          var refusal = error
          refusal.messageID = messageID(of: value.root, dialect)
          collected.append(.refused(refusal))
        }
      }
    }
    return collected
  }

  /// Reads an item; where the names of others leave no room for its own, as if it came alone.
  private mutating func readAlone(
    _ item: RequestItem, _ dialect: CollectionDialect
  ) throws(ItemRefusal) -> CollectedItem {
    do throws(ItemRefusal) { return try read(item, dialect) } catch {
      forgetLeftOut()
      guard error.code == ItemRefusal.tooManyNames.code, try forgetNames() else { throw error }
    }
    return try read(item, dialect)
  }

  private mutating func read(
    _ item: RequestItem, _ dialect: CollectionDialect
  ) throws(ItemRefusal) -> CollectedItem {
    switch dialect {
    case .plain: return .event(try readCall(item, .file))
    case .segment(let call): return .event(try readCall(item, .segment(call.ofItems)))
    case .posthog: return .event(try readPostHog(item))
    case .mixpanel(.engage): return try readMixpanelProfile(item)
    case .mixpanel(.groups):
      return .nothing("A group's profile names no customer.")
    case .mixpanel(let call): return try readMixpanelEvent(item, call)
    }
  }

  /// The id under which a client knows an item that is refused.
  private func messageID(of root: Int, _ dialect: CollectionDialect) -> String? {
    switch dialect {
    case .plain: nil
    case .segment: document.string("messageId", of: root)
    case .posthog: document.string("uuid", of: root)
    case .mixpanel:
      document.member("properties", of: root).flatMap { document.string("$insert_id", of: $0) }
    }
  }
}

extension CollectionDialect {
  fileprivate var vocabulary: RequestPaths.Vocabulary {
    switch self {
    case .plain, .segment: .file
    case .posthog: .posthog
    case .mixpanel(.engage), .mixpanel(.groups): .mixpanelProfiles
    case .mixpanel: .mixpanelEvents
    }
  }

  /// The key under which an object holds a list of items.
  fileprivate var list: StaticString? {
    switch self {
    case .segment(.batch), .posthog: "batch"
    default: nil
    }
  }

  /// Whether items may come one a line.
  fileprivate func lines(_ contentType: String?) -> RequestItems.Lines {
    switch self {
    case .plain, .mixpanel: break
    case .segment, .posthog: return .never
    }
    let type = (contentType ?? "").prefix { $0 != ";" }.lowercased()
    return type.contains("ndjson") || type.contains("jsonl") || type.contains("json-lines")
      ? .always : .recognised
  }
}
