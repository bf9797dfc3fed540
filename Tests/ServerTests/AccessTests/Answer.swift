import Foundation

/// The answer to one request over a bare socket, which does exactly what it is told.
struct Answer {
  var status: Int
  var body: String

  /// How many seconds an answer may take: all tests of the process share its few threads.
  private static let patience = 300

  /// Sends a request and reads the answer to its end.
  init(
    _ method: String, _ path: String, port: Int, headers: [String: String] = [:], body: String = ""
  ) throws {
    let descriptor = try Loopback.connection(to: port)
    defer { close(descriptor) }
    var wait = timeval(tv_sec: Self.patience, tv_usec: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
    var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    head += "Content-Length: \(body.utf8.count)\r\n\r\n"
    var left = Array((head + body).utf8)[...]
    while !left.isEmpty {
      let sent = left.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, 0) }
      guard sent > 0 else { throw POSIXError(.EPIPE) }
      left = left.dropFirst(sent)
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let status = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
      let end = text.range(of: "\r\n\r\n")
    else { throw POSIXError(.EBADMSG) }
    self.status = status
    self.body = String(text[end.upperBound...])
  }
}
