import CCurl
import Events

/// What all calls by libcurl have in common.
enum Curl {
  /// The library sets itself up once in a process; by itself it would on the first call, which two
  /// threads could make at a time.
  private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  /// What a call is made with; whoever takes it cleans it up.
  ///
  /// - Throws: `<area>.failed`.
  static func handle(
    for area: String, _ place: String
  ) throws(Fault) -> UnsafeMutableRawPointer {
    guard isReady, let handle = curl_easy_init() else {
      throw Fault(
        "\(area).failed", subject: place, problem: "libcurl can't be used.",
        remedy: "Look at the machine's memory.")
    }
    return handle
  }

  /// What a code of libcurl means for a call to a place.
  static func fault(_ code: CURLcode, in area: String, _ place: String) -> Fault {
    func fault(_ code: String, _ problem: String, _ remedy: String) -> Fault {
      Fault("\(area).\(code)", subject: place, problem: problem, remedy: remedy)
    }
    return switch code {
    case CURLE_COULDNT_RESOLVE_HOST:
      fault("name", "The host's name is not known.", "Look at the address and the name server.")
    case CURLE_COULDNT_CONNECT:
      fault("connection", "Nothing answers there.", "Look at the address; is the server up?")
    case CURLE_OPERATION_TIMEDOUT:
      fault("slow", "There was no answer in time.", "Look at the server, or try again later.")
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_ISSUER_ERROR:
      fault(
        "certificate", "The server's certificate can't be trusted.",
        "Use one for this name; add a private authority to the system's certificates.")
    case CURLE_TOO_MANY_REDIRECTS, CURLE_UNSUPPORTED_PROTOCOL:
      fault(
        "redirects", "The answer sends the call on to where it may not go.",
        "Use the address that it is sent on to.")
    default:
      fault(
        "failed", "\(String(cString: curl_easy_strerror(code))).",
        "Look at the address and the server.")
    }
  }
}

extension Duration {
  /// The time as libcurl takes it.
  var wholeMilliseconds: Int {
    Int(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
  }
}
