import Events

extension CollectionAnswer {
  /// The answer that a request's client understands.
  ///
  /// - Parameter outcomes: what became of `request.events`, in their order. An event without an
  ///   outcome is answered as refused.
  public init(to request: CollectedRequest, outcomes: [ItemOutcome]) {
    let verdicts = ItemVerdicts(request, outcomes)
    let status = verdicts.status(request.mode)
    switch request.dialect {
    case .plain:
      self.init(status) { $0.counts(verdicts, of: request) }
    case .segment:
      self.init(status) {
        $0.member("success", is: status == 200)
        $0.refusals(verdicts, of: request)
      }
    case .posthog(.capture):
      self.init(status) {
        $0.member("status", status == 400 ? 0 : 1)
        $0.refusals(verdicts, of: request)
      }
    case .posthog(.analytics): self.init(status) { $0.results(verdicts, of: request) }
    case .mixpanel(.imported) where !request.style.isForm:
      self.init(imported: verdicts, request)
    case .mixpanel: self.init(tracked: verdicts, request)
    }
  }

  /// An answer whose body is an object of JSON.
  init(_ status: Int, _ members: (inout JSONText) -> Void) {
    var text = JSONText()
    text.object(nil, members)
    self.init(status: status, contentType: "application/json", body: text.bytes)
  }

  /// Mixpanel's answer to an import: where its client wants to be told of refusals, any of them
  /// makes it 400, and the counts say what was taken.
  private init(imported verdicts: ItemVerdicts, _ request: CollectedRequest) {
    let isFailed = request.mode == .strict && verdicts.refused > 0
    self.init(isFailed ? 400 : 200) {
      $0.member("code", isFailed ? 400 : 200)
      $0.member("num_records_imported", verdicts.all.count - verdicts.refused)
      $0.member("status", isFailed ? "Bad Request" : "OK")
      guard verdicts.refused > 0 else { return }
      if isFailed { $0.member("error", "some data points in the request failed validation") }
      $0.array("failed_records") {
        for (index, refusal) in verdicts.listedRefusals {
          $0.object {
            $0.member("index", index)
            $0.member("insert_id", refusal.messageID ?? "")
            $0.member("field", refusal.field ?? "")
            $0.member("message", refusal.problem + " " + refusal.remedy)
            $0.member("code", refusal.code)
          }
        }
      }
    }
  }

  /// Mixpanel's answer to everything else: 1 where something is well, 0 where nothing is.
  private init(tracked verdicts: ItemVerdicts, _ request: CollectedRequest) {
    let status = verdicts.status(request.mode)
    let isFailed = verdicts.refused > 0 && verdicts.refused == verdicts.all.count
    guard request.style.isVerbose || (request.mode == .strict && verdicts.refused > 0) else {
      self.init(
        status: status, contentType: "text/plain; charset=utf-8",
        body: Array(isFailed ? "0".utf8 : "1".utf8))
      return
    }
    self.init(status) {
      $0.member("status", isFailed ? 0 : 1)
      if isFailed, let first = verdicts.listedRefusals.first {
        $0.member("error", first.refusal.problem + " " + first.refusal.remedy)
      } else {
        $0.null("error")
      }
      $0.refusals(verdicts, of: request)
    }
  }
}

extension JSONText {
  /// The counts and the refusals, where there is something to tell beside success.
  fileprivate mutating func refusals(_ verdicts: ItemVerdicts, of request: CollectedRequest) {
    guard verdicts.refused + verdicts.nothing > 0 || !request.leftOut.isEmpty else { return }
    counts(verdicts, of: request)
  }

  /// The counts, the items that were not taken, and the values that were left out.
  fileprivate mutating func counts(_ verdicts: ItemVerdicts, of request: CollectedRequest) {
    member("taken", verdicts.taken)
    member("repeated", verdicts.repeated)
    member("refused", verdicts.refused)
    member("nothing", verdicts.nothing)
    let listsAll = request.style.listsAll
    var unlisted = 0
    array("items") {
      var listed = 0
      for (index, verdict) in verdicts.all.enumerated() {
        if !listsAll, case .taken = verdict { continue }
        guard listsAll || listed < CollectionLimits.listed else {
          unlisted += 1
          continue
        }
        listed += 1
        $0.object { $0.verdict(verdict, at: index) }
      }
    }
    if unlisted > 0 { member("unlisted", unlisted) }
    leftOut(request)
  }

  private mutating func verdict(_ verdict: ItemVerdict, at index: Int) {
    member("index", index)
    member("outcome", verdict.name)
    switch verdict {
    case .taken, .repeated: break
    case .nothing(let reason): member("problem", reason)
    case .refused(let refusal): self.refusal(refusal)
    }
  }

  private mutating func refusal(_ refusal: ItemRefusal) {
    member("code", refusal.code)
    member("field", refusal.field)
    member("problem", refusal.problem)
    member("remedy", refusal.remedy)
  }

  private mutating func leftOut(_ request: CollectedRequest) {
    guard !request.leftOut.isEmpty else { return }
    array("leftOut") {
      for value in request.leftOut.prefix(CollectionLimits.listed) {
        $0.object {
          $0.member("index", value.index)
          $0.refusal(request.key.map(value.refusal.withoutKey) ?? value.refusal)
        }
      }
    }
    let unlisted = request.leftOut.count - CollectionLimits.listed
    if unlisted > 0 { member("leftOutUnlisted", unlisted) }
  }

  /// PostHog's answer for each event, by its id.
  ///
  /// Clients take an event that is not among the results as stored, so all are named.
  fileprivate mutating func results(_ verdicts: ItemVerdicts, of request: CollectedRequest) {
    object("results") {
      var named: Set<String> = []
      for (item, verdict) in zip(request.items, verdicts.all) {
        switch verdict {
        case .refused(let refusal):
          guard let id = refusal.messageID, named.insert(id).inserted else { continue }
          $0.object(id) {
            $0.member("result", refusal.code == ItemRefusal.unanswered ? "retry" : "drop")
            $0.member("details", refusal.problem + " " + refusal.remedy)
          }
        case .taken, .repeated, .nothing:
          guard case .event(let event) = item, let id = event.messageID,
            !(request.key.map(id.contains) ?? false), named.insert(id).inserted
          else { continue }
          $0.object(id) { $0.member("result", "ok") }
        }
      }
    }
  }
}

extension CollectionAnswer {
  /// The answer to a request that cannot be taken as a whole.
  ///
  /// - Parameter dialect: the client's language; nil where the path names none.
  public init(to failure: CollectionFailure, in dialect: CollectionDialect?) {
    let message = failure.problem + " " + failure.remedy
    switch dialect {
    case .segment:
      self.init(failure.status) {
        $0.member("success", is: false)
        $0.member("code", failure.code)
        $0.member("message", message)
      }
    case .posthog:
      self.init(failure.status) {
        $0.member("type", failure.kind)
        $0.member("code", failure.code)
        $0.member("detail", message)
        $0.null("attr")
      }
    case .mixpanel(let call):
      self.init(failure.status) {
        if call == .imported {
          $0.member("code", failure.status)
          $0.member("status", "Error")
          $0.member("num_records_imported", 0)
        } else {
          $0.member("status", 0)
        }
        $0.member("error", message)
      }
    case .plain, nil:
      self.init(failure.status) {
        $0.member("type", "about:blank")
        $0.member("title", failure.problem)
        $0.member("status", failure.status)
        $0.member("detail", message)
        $0.member("code", failure.code)
        $0.member("remedy", failure.remedy)
      }
      contentType = "application/problem+json"
    }
    if let seconds = failure.retryAfter { headers["Retry-After"] = "\(seconds)" }
  }

  /// What clients of PostHog are answered that ask at `/flags` and `/decide` for feature flags: an
  /// empty set, in the forms of both.
  public static let noFlags = CollectionAnswer(200) {
    $0.object("flags") { _ in }
    $0.object("featureFlags") { _ in }
    $0.object("featureFlagPayloads") { _ in }
    $0.member("errorsWhileComputingFlags", is: false)
    $0.object("config") { _ in }
    $0.array("supportedCompression") { _ in }
    $0.member("sessionRecording", is: false)
    $0.member("autocapture_opt_out", is: true)
    $0.member("surveys", is: false)
    $0.array("siteApps") { _ in }
  }
}

extension CollectionFailure {
  /// The kind of failure in PostHog's words.
  fileprivate var kind: String {
    switch status {
    case 401, 403: "authentication_error"
    case 429: "throttled_error"
    case 500...: "server_error"
    default: "validation_error"
    }
  }
}
