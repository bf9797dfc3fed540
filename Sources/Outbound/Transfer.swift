import CCurl
import Events
import Foundation

/// One call by libcurl, on the thread that makes it, which it holds until the call is over.
final class Transfer {
  /// Why the call was ended from here, rather than by the other side.
  private enum End {
    case privateAddress, tooLong, cancelled
  }

  /// The most bytes of an answer's headers.
  private static let largestHeaders = 64 << 10

  private let request: OutboundRequest
  private let rules: OutboundRules
  private let cancellation: Cancellation
  private var body: [UInt8] = []
  private var headers: [String: String] = [:]
  private var headerBytes = 0
  private var end: End?

  init(_ request: OutboundRequest, _ rules: OutboundRules, _ cancellation: Cancellation) {
    self.request = request
    self.rules = rules
    self.cancellation = cancellation
  }

  /// Makes the call.
  ///
  /// - Throws: as `Outbound.send`.
  func perform() throws(Fault) -> OutboundAnswer {
    guard rules.transport == .any || request.address.lowercased().hasPrefix("https://") else {
      throw fault("scheme", "The address is not one of https.", "Use one that is.")
    }
    guard goesOn() else { throw fault(.cancelled) }
    let handle = try Curl.handle(for: "outbound", request.place)
    defer { curl_easy_cleanup(handle) }
    let lines = headerLines()
    defer { curl_slist_free_all(lines) }
    var code = configure(handle, lines)
    if code == CURLE_OK { code = curl_easy_perform(handle) }
    // One of a name's addresses may be refused and the next be taken.
    guard code == CURLE_OK else {
      throw end.map(fault) ?? Curl.fault(code, in: "outbound", request.place)
    }
    var status = 0
    waymark_curl_status(handle, &status)
    return OutboundAnswer(status: status, headers: headers, body: body)
  }

  private func headerLines() -> UnsafeMutablePointer<curl_slist>? {
    // Nothing is asked before a long body is sent: that costs a second where nobody answers it.
    var lines = curl_slist_append(nil, "Expect:")
    for (name, value) in request.headers {
      // libcurl takes a header without a value for one to leave out, unless it ends like this.
      lines = curl_slist_append(lines, value.isEmpty ? "\(name);" : "\(name): \(value)")
      precondition(lines != nil, "There is memory for a header.")
    }
    return lines
  }

  /// Says all of the call; the first option that this libcurl doesn't know ends it.
  private func configure(
    _ handle: UnsafeMutableRawPointer, _ lines: UnsafeMutablePointer<curl_slist>?
  ) -> CURLcode {
    // What was sent to one place isn't sent to another.
    let follows = rules.mostRedirects > 0 && request.method == .get
    var codes = [
      waymark_curl_text(handle, CURLOPT_URL, request.address),
      waymark_curl_schemes(
        handle, rules.transport == .any ? "http,https" : "https",
        Int(rules.transport == .any ? CURLPROTO_HTTP | CURLPROTO_HTTPS : CURLPROTO_HTTPS)),
      // The environment's proxy would be what is connected to, and so what the reach is judged by.
      waymark_curl_text(handle, CURLOPT_PROXY, ""),
      waymark_curl_number(handle, CURLOPT_DISALLOW_USERNAME_IN_URL, 1),
      waymark_curl_number(handle, CURLOPT_NOSIGNAL, 1),
      waymark_curl_number(handle, CURLOPT_FOLLOWLOCATION, follows ? 1 : 0),
      waymark_curl_number(handle, CURLOPT_MAXREDIRS, rules.mostRedirects),
      waymark_curl_number(
        handle, CURLOPT_CONNECTTIMEOUT_MS, rules.longestConnecting.wholeMilliseconds),
      waymark_curl_number(handle, CURLOPT_TIMEOUT_MS, rules.longest.wholeMilliseconds),
      waymark_curl_text(handle, CURLOPT_CUSTOMREQUEST, request.method.rawValue),
      waymark_curl_list(handle, CURLOPT_HTTPHEADER, lines),
    ]
    if let certificates = rules.certificates {
      codes.append(waymark_curl_text(handle, CURLOPT_CAINFO, certificates))
    }
    if request.method != .get {
      codes += [
        waymark_curl_size(
          handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count)),
        waymark_curl_bytes(handle, CURLOPT_COPYPOSTFIELDS, request.body),
      ]
    }
    codes += listen(handle)
    return codes.first { $0 != CURLE_OK } ?? CURLE_OK
  }

  /// Lets libcurl tell of what happens; `self` outlives the call, since `perform` is its method.
  private func listen(_ handle: UnsafeMutableRawPointer) -> [CURLcode] {
    let context = Unmanaged.passUnretained(self).toOpaque()
    return [
      waymark_curl_receive(
        handle,
        { bytes, size, count, context in
          Transfer.at(context).took(UnsafeRawBufferPointer(start: bytes, count: size * count))
        },
        { bytes, size, count, context in
          Transfer.at(context).tookHeader(
            UnsafeRawBufferPointer(start: bytes, count: size * count))
        }, context),
      waymark_curl_open(
        handle, { context, _, address in Transfer.at(context).open(address) }, context),
      waymark_curl_watch(
        handle, { context, _, _, _, _ in Transfer.at(context).goesOn() ? 0 : 1 }, context),
    ]
  }

  private static func at(_ context: UnsafeMutableRawPointer?) -> Transfer {
    guard let context else { preconditionFailure("libcurl gives back what it was given.") }
    return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  }

  private func took(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard body.count + bytes.count <= rules.largestAnswer else {
      end = .tooLong
      return 0
    }
    body.append(contentsOf: bytes)
    return bytes.count
  }

  private func tookHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
    headerBytes += bytes.count
    guard headerBytes <= Self.largestHeaders else {
      end = .tooLong
      return 0
    }
    let line = String(decoding: bytes, as: UTF8.self)
    // Each answer on the way begins with its own line.
    if line.hasPrefix("HTTP/") { headers = [:] }
    let parts = line.split(separator: ":", maxSplits: 1)
    if parts.count == 2 {
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespacesAndNewlines)
    }
    return bytes.count
  }

  /// Opens the connection where the address, which names led to by now, may be reached.
  private func open(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
    // The field is the beginning of the address; one of the new kind goes on behind it.
    guard let address, let place = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else {
      return CURL_SOCKET_BAD
    }
    let found = NetworkAddress(
      UnsafeRawPointer(address) + place, length: Int(address.pointee.addrlen))
    guard let found, rules.reach == .everywhere || found.isPublic else {
      end = .privateAddress
      return CURL_SOCKET_BAD
    }
    let (family, kind) = (address.pointee.family, address.pointee.socktype)
    return socket(family, kind | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
  }

  private func goesOn() -> Bool {
    guard cancellation.isCancelled else { return true }
    end = .cancelled
    return false
  }
}

extension Transfer {
  private func fault(_ code: String, _ problem: String, _ remedy: String) -> Fault {
    Fault("outbound.\(code)", subject: request.place, problem: problem, remedy: remedy)
  }

  private func fault(_ end: End) -> Fault {
    switch end {
    case .privateAddress:
      fault(
        "private", "The name leads into a private network.",
        "Use an address of the internet, or allow private ones where that is meant.")
    case .tooLong:
      fault(
        "length", "The answer is longer than \(rules.largestAnswer) bytes.",
        "Look whether the address is the right one.")
    case .cancelled: fault("cancelled", "The call was given up.", "Call again.")
    }
  }
}
