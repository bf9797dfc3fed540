import Events
import Stories
import Testing

@Suite
struct `A message id` {
  @Test(arguments: [0, 1, 0x0123_4567_89AB_CDEF, Batch.explicitMessage, .max] as [UInt64])
  func `that was exported stands for the same event again`(hash: UInt64) {
    let exported = Batch.exportedMessage(hash)
    #expect(exported.utf8.count == 24)
    #expect(Batch.messageHash(id: exported) == hash)
  }

  @Test(arguments: [
    "", "waymark:", "waymark:0123456789abcde", "waymark:0123456789abcdef0",
    "waymark:0123456789ABCDEF", "waymark:0123456789abcdeg", "Waymark:0123456789abcdef",
    "0123456789abcdef01234567",
  ])
  func `of a client is hashed, however much it looks like one`(id: String) {
    #expect(Batch.messageHash(id: id) == stableHash(id) | Batch.explicitMessage)
  }
}
