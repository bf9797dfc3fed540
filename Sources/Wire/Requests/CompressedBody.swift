import CZlib

/// The body of a request as it arrived.
public enum CompressedBody {
  /// Whether a body has to be unpacked, by its header or by how it begins.
  ///
  /// JSON, forms and lines never begin as gzip does; browsers' clients send it without a header.
  public static func isCompressed(_ body: [UInt8], encoding: String?) -> Bool {
    body.starts(with: [0x1F, 0x8B]) || !isPlain(encoding)
  }

  /// Unpacks a body.
  ///
  /// The bound on what comes out is the one that counts: a bomb costs no more than an honest body
  /// of that length.
  /// - Parameter encoding: the header `Content-Encoding` as it came.
  /// - Throws: 413 where more than `limit` bytes come out, 415 for another encoding, 400 for a body
  ///   that is damaged or ends too early.
  public static func unpacked(
    _ body: [UInt8], encoding: String?, upTo limit: Int = CollectionLimits.body
  ) throws(CollectionFailure) -> [UInt8] {
    let name = encoding?.lowercased().filter { $0 != " " } ?? ""
    if body.starts(with: [0x1F, 0x8B]), isPlain(encoding) || name == "gzip" || name == "x-gzip" {
      return try inflated(body, window: 31, limit)
    }
    switch name {
    case "", "identity": return body
    case "gzip", "x-gzip": throw .damaged("does not begin as gzip does")
    case "deflate":
      // RFC 9110 means zlib's form by it; some clients send the bare data.
      let isZlib =
        body.count > 1 && body[0] & 0x0F == 8 && (Int(body[0]) << 8 | Int(body[1])) % 31 == 0
      return try inflated(body, window: isZlib ? 15 : -15, limit)
    default:
      throw CollectionFailure(
        status: 415, "body.encoding",
        problem: "The body is encoded as “\(name.prefix(60))”.",
        remedy: "Send it as gzip, as deflate, or as it is.")
    }
  }

  private static func isPlain(_ encoding: String?) -> Bool {
    guard let encoding else { return true }
    return ["", "identity"].contains(encoding.lowercased())
  }

  /// - Parameter window: what zlib calls the bits of its window: 31 for gzip, 15 for zlib's form.
  private static func inflated(
    _ body: [UInt8], window: Int32, _ limit: Int
  ) throws(CollectionFailure) -> [UInt8] {
    var stream = z_stream()
    guard
      inflateInit2_(&stream, window, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else {
      throw CollectionFailure(
        status: 503, "server.memory", problem: "There is no memory to unpack the body.",
        remedy: "Send it again later, or send smaller batches.", retryAfter: 5)
    }
    defer { inflateEnd(&stream) }
    var result: [UInt8] = []
    // JSON of events shrinks to about a fifth; one byte more than the limit tells what is too long.
    var room = max(body.count * 6, 1024)
    var verdict = Z_OK
    var given = 0
    while verdict == Z_OK {
      room = min(room, limit + 1 - result.count)
      let chunk = [UInt8](unsafeUninitializedCapacity: room) { output, filled in
        body.withUnsafeBufferPointer { input in
          // zlib reads only, whatever its type says.
          stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress.map { $0 + given })
          stream.avail_in = UInt32(input.count - given)
          stream.next_out = output.baseAddress
          stream.avail_out = UInt32(room)
          verdict = inflate(&stream, Z_NO_FLUSH)
          given = input.count - Int(stream.avail_in)
        }
        filled = room - Int(stream.avail_out)
      }
      if result.isEmpty { result = chunk } else { result += chunk }
      if result.count > limit { throw .tooLong }
      if verdict == Z_BUF_ERROR || (verdict == Z_OK && chunk.count < room && given == body.count) {
        throw .damaged("ends too early")
      }
      room = result.count
    }
    guard verdict == Z_STREAM_END else { throw .damaged("is damaged") }
    guard given == body.count else { throw .damaged("goes on after its end") }
    return result
  }
}

extension CollectionFailure {
  fileprivate static func damaged(_ how: String) -> CollectionFailure {
    CollectionFailure(
      status: 400, "body.gzip", problem: "The compressed body \(how).",
      remedy: "Compress it anew, or send it as it is; nothing of it was taken.")
  }
}
