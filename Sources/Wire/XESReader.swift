import Events
import Foundation
import FoundationXML
import Stories

/// Reads traces of an XES log, each chunk being a document of its own.
///
/// The case is the trace's `concept:name`, the event the event's, the time `time:timestamp`.
/// Every other attribute is a property by its key, those of the trace with `case.` in front.
/// All lifecycle transitions are taken; `lifecycle:transition` tells them apart. Document types
/// and entities are refused, so nothing outside is fetched and nothing multiplies.
/// - SeeAlso: IEEE 1849-2016.
final class XESReader: NSObject, XMLParserDelegate {
  private struct Attribute {
    var key: String
    var type: String
    var value: String
  }

  private var traceAttributes: [Attribute] = []
  private var eventAttributes: [Attribute] = []
  private var place: [String] = []
  private var events: [Parsed] = []
  private var pending: [[Attribute]] = []
  private var isTooDeep = false

  /// One event of a trace.
  struct Parsed {
    var customer: String?
    var name: String?
    var time: String?
    var message: String?
    var properties: [(key: String, value: PropertyValue)]
  }

  /// The events of some bytes in order, and where the form of the log was broken, if it was.
  static func events(
    of bytes: [UInt8]
  ) -> (events: [Parsed], problem: (code: String, text: String)?) {
    let text = String(decoding: bytes, as: UTF8.self)
    for mark in ["<!DOCTYPE", "<!ENTITY"] where text.contains(mark) {
      return ([], ("xes.entity", "The log declares a document type or an entity."))
    }
    let reader = XESReader()
    let parser = XMLParser(data: Data("<chunk>\(wholeTraces(text))</chunk>".utf8))
    parser.shouldResolveExternalEntities = false
    parser.delegate = reader
    guard parser.parse(), parser.parserError == nil else {
      let problem =
        reader.isTooDeep
        ? ("xes.depth", "Elements nest deeper than \(ImportLimits.depth) levels.")
        : ("xes.syntax", "The XML is broken at line \(parser.lineNumber) of these traces.")
      return (reader.events, problem)
    }
    guard !endsInsideTrace(text) else {
      return (reader.events, ("xes.truncated", "The log ends inside a trace."))
    }
    return (reader.events, nil)
  }

  /// Whether a trace begins behind the last whole one.
  private static func endsInsideTrace(_ text: String) -> Bool {
    let end = text.range(of: "</trace>", options: .backwards)?.upperBound ?? text.startIndex
    return text[end...].contains("<trace")
  }

  /// The part from the first trace to the end of the last: what is around them belongs to the
  /// log as a whole, whose first tag is open in each chunk but the last.
  private static func wholeTraces(_ text: String) -> Substring {
    guard let first = text.range(of: "<trace"),
      let last = text.range(of: "</trace>", options: .backwards),
      first.lowerBound < last.upperBound
    else { return "" }
    return text[first.lowerBound..<last.upperBound]
  }

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    place.append(element)
    guard place.count <= ImportLimits.depth else {
      isTooDeep = true
      return parser.abortParsing()
    }
    switch element {
    case "trace":
      traceAttributes = []
      pending = []
    case "event": eventAttributes = []
    case "string", "date", "int", "float", "boolean", "id":
      guard let key = attributes["key"], let value = attributes["value"] else { return }
      let attribute = Attribute(key: key, type: element, value: value)
      // Attributes of attributes are comments on them.
      switch place.dropLast().last {
      case "event": eventAttributes.append(attribute)
      case "trace": traceAttributes.append(attribute)
      default: break
      }
    default: break
    }
  }

  func parser(
    _ parser: XMLParser, didEndElement element: String, namespaceURI: String?,
    qualifiedName: String?
  ) {
    place.removeLast()
    // The parser goes on behind broken places, where nothing can be believed.
    guard parser.parserError == nil else { return }
    if element == "event" { pending.append(eventAttributes) }
    if element == "trace" { finishTrace() }
  }

  /// Makes the trace's events, once all of its attributes are known.
  private func finishTrace() {
    let customer = traceAttributes.first { $0.key == "concept:name" }?.value
    let ofCase = traceAttributes.filter { $0.key != "concept:name" }
      .map { ("case." + $0.key, Self.value($0)) }
    for attributes in pending {
      var event = Parsed(customer: customer, properties: [])
      for attribute in attributes {
        switch attribute.key {
        case "concept:name": event.name = attribute.value
        case "time:timestamp": event.time = attribute.value
        case "identity:id": event.message = attribute.value
        default: event.properties.append((attribute.key, Self.value(attribute)))
        }
      }
      event.properties += ofCase
      events.append(event)
    }
    pending = []
  }

  private static func value(_ attribute: Attribute) -> PropertyValue {
    switch attribute.type {
    case "int", "float":
      if let number = Double(attribute.value), number.isFinite { return .number(number) }
    case "boolean":
      if let boolean = Bool(attribute.value.lowercased()) { return .boolean(boolean) }
    default: break
    }
    return .string(attribute.value)
  }
}

extension XESReader {
  /// Reads one chunk; its records are events.
  static func read(
    _ chunk: Chunk, bytes: UnsafePointer<UInt8>, sink: consuming EventSink
  ) -> ReadChunk {
    var sink = sink
    let (events, problem) = events(of: Array(chunk.bytes.prefix(chunk.length)))
    var slots: [String: Int] = [:]
    for (position, event) in events.enumerated() {
      sink.beginRecord()
      write(event, number: position, &sink, &slots)
    }
    if let problem {
      // The events after the broken place cannot be told apart, and count as one record.
      if events.count < chunk.records || events.isEmpty { sink.beginRecord() }
      sink.rawEnd = min(chunk.length, ImportLimits.rawPrefix)
      sink.reject(field: nil, problem.code, problem.text)
    }
    var read = sink.finish()
    read.records = chunk.records
    return read
  }

  private static func write(
    _ event: Parsed, number: Int, _ sink: inout EventSink, _ slots: inout [String: Int]
  ) {
    guard sink.identify(customer: sink.copy(event.customer), anonymous: sink.absent),
      sink.name(sink.copy(event.name)), sink.time(sink.copy(event.time))
    else { return }
    for (name, _) in event.properties where slots[name] == nil {
      guard slots.count < ImportLimits.properties else {
        let problem = JSONProblem.tooManyNames
        return sink.reject(field: name, problem.code, problem.problem)
      }
      slots[name] = sink.writer.addProperty(name)
    }
    var content = "\(event.customer ?? "")\u{0}\(event.name ?? "")\u{0}\(event.time ?? "")"
    for (name, value) in event.properties { content += "\u{0}\(name)=\(value)" }
    sink.accept(message: sink.copy(event.message), content: sink.copy(content))
    let row = sink.writer.count - 1
    for (name, value) in event.properties {
      guard let slot = slots[name], sink.writer.properties.base[slot].rowsSeen <= row else {
        continue
      }
      switch value {
      case .string(let text): sink.property(slot, text: sink.copy(text))
      case .number(let number):
        sink.writer.properties.base[slot].append(number: number, row: row)
      case .boolean(let boolean):
        sink.writer.properties.base[slot].append(boolean: boolean, row: row)
      }
    }
  }
}

/// Where an XES log may be cut: behind the end of a trace.
enum XESTraces {
  /// The end of the last whole trace, and how many events there are up to it.
  static func lastEnd(
    _ bytes: UnsafeBufferPointer<UInt8>, isWhole: Bool
  ) -> (end: Int, records: Int) {
    var end = isWhole ? bytes.count : 0
    if !isWhole {
      for position in bytes.indices.reversed()
      where bytes[position] == UInt8(ascii: ">") && ends(bytes, at: position) {
        end = position + 1
        break
      }
    }
    var events = 0
    var position = 0
    while position + 6 < end {
      if bytes[position] == UInt8(ascii: "<"), begins(bytes, at: position) { events += 1 }
      position += 1
    }
    return (end, events)
  }

  private static func ends(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
    let mark: StaticString = "</trace>"
    guard position >= 7, let base = bytes.baseAddress else { return false }
    return Text(base + position - 7, 8).equals(mark)
  }

  private static func begins(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
    guard let base = bytes.baseAddress, Text(base + position, 6).equals("<event") else {
      return false
    }
    return [9, 10, 13, 32, UInt8(ascii: ">"), UInt8(ascii: "/")].contains(bytes[position + 6])
  }
}
