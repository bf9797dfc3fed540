import CCurl
import Events
import Foundation

/// One mail by libcurl, on the thread that sends it, which it holds until it is sent.
final class MailTransfer {
  /// The most bytes of a server's reply that are kept to be told.
  private static let longestReply = 1000

  private let message: MailMessage
  private let lines: [UInt8]
  private let settings: MailSettings
  private let place: MailSettings.Place
  private let limits: MailLimits
  private let cancellation: Cancellation
  private var sent = 0
  /// The last command that was given: its first four letters.
  private var command = ""
  /// Whether goodbye has been said.
  private var isOver = false
  /// The last reply, without the ends of its lines.
  private var reply: [String] = []

  init(
    _ message: MailMessage, _ lines: [UInt8], _ settings: MailSettings,
    _ place: MailSettings.Place, _ limits: MailLimits, _ cancellation: Cancellation
  ) {
    self.message = message
    self.lines = lines
    self.settings = settings
    self.place = place
    self.limits = limits
    self.cancellation = cancellation
  }

  /// Sends the mail.
  ///
  /// - Throws: as `MailServer.send`.
  func perform() throws(Fault) {
    guard !cancellation.isCancelled else { throw cancelled }
    let handle = try Curl.handle(for: "mail", place.address)
    defer { curl_easy_cleanup(handle) }
    let recipients = curl_slist_append(nil, "<\(message.to.address)>")
    defer { curl_slist_free_all(recipients) }
    var code = configure(handle, recipients)
    if code == CURLE_OK { code = curl_easy_perform(handle) }
    guard code == CURLE_OK else { throw fault(code) }
  }

  /// Says all of the transfer; the first option that this libcurl doesn't know ends it.
  private func configure(
    _ handle: UnsafeMutableRawPointer, _ recipients: UnsafeMutablePointer<curl_slist>?
  ) -> CURLcode {
    let encryption = settings.demandsEncryption ? CURLUSESSL_ALL : CURLUSESSL_NONE
    var codes = [
      waymark_curl_text(handle, CURLOPT_URL, place.address),
      waymark_curl_schemes(handle, "smtp,smtps", Int(CURLPROTO_SMTP | CURLPROTO_SMTPS)),
      waymark_curl_text(handle, CURLOPT_PROXY, ""),
      waymark_curl_number(handle, CURLOPT_NOSIGNAL, 1),
      waymark_curl_number(handle, CURLOPT_USE_SSL, Int(encryption.rawValue)),
      waymark_curl_number(
        handle, CURLOPT_CONNECTTIMEOUT_MS, limits.longestConnecting.wholeMilliseconds),
      waymark_curl_number(handle, CURLOPT_TIMEOUT_MS, limits.longest.wholeMilliseconds),
      waymark_curl_text(handle, CURLOPT_MAIL_FROM, "<\(message.from.address)>"),
      waymark_curl_list(handle, CURLOPT_MAIL_RCPT, recipients),
      waymark_curl_size(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(lines.count)),
    ]
    if let certificates = settings.certificates {
      codes.append(waymark_curl_text(handle, CURLOPT_CAINFO, certificates))
    }
    if let user = settings.user, let password = settings.password {
      codes += [
        waymark_curl_text(handle, CURLOPT_USERNAME, user),
        waymark_curl_text(handle, CURLOPT_PASSWORD, password),
      ]
    }
    codes += listen(handle)
    return codes.first { $0 != CURLE_OK } ?? CURLE_OK
  }

  /// Lets libcurl ask and tell; `self` outlives the transfer, since `perform` is its method.
  private func listen(_ handle: UnsafeMutableRawPointer) -> [CURLcode] {
    let context = Unmanaged.passUnretained(self).toOpaque()
    return [
      waymark_curl_send(
        handle,
        { buffer, size, count, context in
          MailTransfer.at(context).give(
            UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
        },
        { _, kind, bytes, count, context in
          // What is said in the clear, passwords among it, is not kept but for its first letters.
          if kind == CURLINFO_HEADER_OUT {
            MailTransfer.at(context).gave(
              String(
                decoding: UnsafeRawBufferPointer(start: bytes, count: min(4, count)),
                as: UTF8.self))
          }
          return 0
        }, context),
      waymark_curl_receive(
        handle, { _, size, count, _ in size * count },
        { bytes, size, count, context in
          MailTransfer.at(context).took(
            UnsafeRawBufferPointer(start: bytes, count: size * count))
          return size * count
        }, context),
      waymark_curl_watch(
        handle,
        { context, _, _, _, _ in MailTransfer.at(context).cancellation.isCancelled ? 1 : 0 },
        context),
    ]
  }

  private static func at(_ context: UnsafeMutableRawPointer?) -> MailTransfer {
    guard let context else { preconditionFailure("libcurl gives back what it was given.") }
    return Unmanaged<MailTransfer>.fromOpaque(context).takeUnretainedValue()
  }

  private func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, lines.count - sent)
    buffer.copyBytes(from: lines[sent..<sent + count])
    sent += count
    return count
  }

  private func gave(_ command: String) {
    // libcurl says goodbye after a refusal, which is what counts.
    if command == "QUIT" { isOver = true } else { self.command = command }
  }

  /// Takes a line of a reply; those of one reply begin with the same number.
  private func took(_ bytes: UnsafeRawBufferPointer) {
    guard !isOver else { return }
    let line = String(decoding: bytes.prefix(Self.longestReply), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    if reply.last?.prefix(3) != line.prefix(3) { reply = [] }
    let length = reply.reduce(0) { $0 + $1.utf8.count }
    if length + line.utf8.count <= Self.longestReply { reply.append(line) }
  }
}

extension MailTransfer {
  private var cancelled: Fault {
    Fault(
      "mail.cancelled", subject: place.address, problem: "The mail was given up.",
      remedy: "Send it again.")
  }

  private func fault(_ code: CURLcode) -> Fault {
    if cancellation.isCancelled { return cancelled }
    let said = Int(reply.last?.prefix(3) ?? "") ?? 0
    switch code {
    case CURLE_USE_SSL_FAILED:
      return fault(
        "encryption", "The server offers no TLS.",
        "Use one that does; smtps:// where TLS comes first, at port 465.")
    case CURLE_OPERATION_TIMEDOUT: return Curl.fault(code, in: "mail", place.address)
    case _ where (400...499).contains(said):
      return fault("later", "The server takes no mail now: \(told)", "Try again later.")
    case CURLE_LOGIN_DENIED:
      return fault(
        "login", "The server refuses mail.user and mail.password.",
        "Mend mail.user and mail.password.")
    case _ where (500...599).contains(said): return refusal
    default: return Curl.fault(code, in: "mail", place.address)
    }
  }

  /// What was refused for good: the address, what the mail says, or all that comes from here.
  private var refusal: Fault {
    if command == "RCPT" {
      fault("recipient", "The server refuses the address: \(told)", "Write to another address.")
    } else if sent > 0 || command == "DATA" {
      fault("content", "The server refuses the mail: \(told)", "Look at what the mail says.")
    } else {
      fault(
        "refused", "The server takes no mail from here: \(told)",
        "Look at mail.from, mail.user and the server's rules.")
    }
  }

  private func fault(_ code: String, _ problem: String, _ remedy: String) -> Fault {
    Fault("mail.\(code)", subject: place.address, problem: problem, remedy: remedy)
  }

  /// The server's words, in a line and without the address, which belongs in no log.
  private var told: String {
    let words = reply.map { $0.dropFirst(4) }.joined(separator: " ")
      .replacingOccurrences(of: message.to.address, with: "…", options: .caseInsensitive)
    let line = String(
      words.unicodeScalars.map { scalar in
        scalar.properties.generalCategory == .control ? " " : Character(scalar)
      })
    let number = reply.last?.prefix(3) ?? ""
    return "\(number) \(line.prefix(200))".trimmingCharacters(in: .whitespaces)
  }
}
