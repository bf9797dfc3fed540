import CZlib
import Testing

@testable import Wire

@Suite struct `A compressed body` {
  private func packed(_ bytes: [UInt8], window: Int32) -> [UInt8] {
    var stream = z_stream()
    #expect(
      deflateInit2_(
        &stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)) == Z_OK)
    defer { deflateEnd(&stream) }
    var bytes = bytes
    let bound = Int(deflateBound(&stream, UInt(bytes.count))) + 32
    return [UInt8](unsafeUninitializedCapacity: bound) { output, filled in
      bytes.withUnsafeMutableBufferPointer { input in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(bound)
        #expect(deflate(&stream, Z_FINISH) == Z_STREAM_END)
        filled = bound - Int(stream.avail_out)
      }
    }
  }

  private func status(_ body: [UInt8], _ encoding: String?, upTo limit: Int = 1000) -> Int {
    do {
      _ = try CompressedBody.unpacked(body, encoding: encoding, upTo: limit)
      return 200
    } catch { return error.status }
  }

  @Test(arguments: [0, 1, 999, 1000, 100_000], [(31, "gzip"), (15, "deflate"), (-15, "deflate")])
  func `comes out as it went in`(count: Int, form: (Int32, String)) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * $0 / 7) }
    let body = packed(bytes, window: form.0)
    #expect(try CompressedBody.unpacked(body, encoding: form.1) == bytes)
    if form.0 == 31 { #expect(try CompressedBody.unpacked(body, encoding: nil) == bytes) }
  }

  @Test func `is refused beyond its limit to the byte`() {
    for (window, name) in [(31, "gzip"), (15, "deflate")] as [(Int32, String)] {
      #expect(status(packed(Array(repeating: 32, count: 1000), window: window), name) == 200)
      #expect(status(packed(Array(repeating: 32, count: 1001), window: window), name) == 413)
      #expect(status(packed(Array(repeating: 32, count: 1 << 20), window: window), name) == 413)
    }
  }

  @Test func `is refused wherever it was cut, and where something follows`() {
    let body = packed(Array("[{\"event\":\"a\"}]".utf8), window: 31)
    for count in 2..<body.count { #expect(status(Array(body[..<count]), "gzip") == 400) }
    #expect(status(body + [0], "gzip") == 400)
    #expect(status(body + body, "gzip") == 400)
  }

  @Test func `in another form is refused, and one that isn't compressed is left alone`() throws {
    #expect(status([1, 2, 3], "br") == 415)
    #expect(status(Array("{}".utf8), "gzip") == 400)
    #expect(try CompressedBody.unpacked([123, 125], encoding: nil) == [123, 125])
    #expect(try CompressedBody.unpacked([123, 125], encoding: "identity") == [123, 125])
    #expect(!CompressedBody.isCompressed([123, 125], encoding: "Identity"))
    #expect(CompressedBody.isCompressed([123, 125], encoding: "zstd"))
  }
}
