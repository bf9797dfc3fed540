import Foundation

/// A real server of http or https on this machine, in a process of its own.
final class Elsewhere {
  /// What it speaks.
  enum Kind { case http, https }

  let port: Int
  /// The certificate that it shows: made by itself, for `localhost`.
  let certificate: String
  private let process = Process()
  private let folder: URL

  init(_ kind: Kind = .http) throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("waymark-outbound-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    certificate = folder.appendingPathComponent("certificate.pem").path
    var arguments = ["python3", "-c", Self.program]
    if kind == .https {
      let key = folder.appendingPathComponent("key.pem").path
      try Self.run([
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out",
        certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
        "subjectAltName=DNS:localhost",
      ])
      arguments += [certificate, key]
    }
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw CocoaError(.executableLoad)
    }
    self.port = port
  }

  deinit {
    // Threads of tests block the gentler signals, and what they start inherits that.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  private static func run(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
  }

  private static let program = """
    import http.server, json, ssl, sys, time

    class Handler(http.server.BaseHTTPRequestHandler):
        count = 0

        def log_message(self, *_): pass

        def reply(self, status, body=b"", **headers):
            self.send_response(status)
            for name, value in headers.items(): self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            Handler.count += 1
            path, _, rest = self.path.partition("?")
            if path == "/echo":
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                said = {name.lower(): value for name, value in self.headers.items()}
                text = json.dumps(
                    {"method": self.command, "headers": said, "body": body.decode()})
                self.reply(200, text.encode(), X_Kind="echo")
            elif path == "/count": self.reply(200, str(Handler.count).encode())
            elif path == "/status": self.reply(int(rest))
            elif path == "/to": self.reply(302, Location=rest)
            elif path == "/long": self.reply(200, b"x" * int(rest))
            elif path == "/headers": self.reply(200, X_Long="x" * 60000, X_More="x" * 60000)
            elif path == "/slow": time.sleep(30)
            elif path == "/endless":
                self.send_response(200)
                self.end_headers()
                try:
                    while True: self.wfile.write(b"x" * 65536)
                except OSError: pass
            else: self.reply(404)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if len(sys.argv) > 2:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1], flush=True)
    server.serve_forever()
    """
}
