internal import ArgumentParser
internal import Crypto
internal import Deliveries
internal import Foundation
internal import TerminalOutput
internal import UnixSignals

struct ReceiveCommand: SandboxSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "receive",
        abstract: "Receive requests on 127.0.0.1 and show them.",
        discussion: """
            The first line of standard output is 'listening on http://127.0.0.1:PORT'. Then each request is shown: its \
            request line, its headers in order, the size and SHA-256 of its body, and the body. Unprintable characters \
            are escaped, and the body is cut at 2000 bytes. The response is sent after the output and the file are \
            written.

            EXAMPLES
              Receive one delivery and store its body; stop after at most 30 seconds:
                callbox-sandbox receive --count 1 --out body.json --timeout 30
            """)

    @Option(help: "The port; 0 selects a free one.")
    var port: UInt16 = 0

    @Option(help: ArgumentHelp("Stop after this many requests. (default: run until SIGINT or SIGTERM)", valueName: "n"))
    var count: Int?

    @Option(help: "The status of every response, 200 to 599.")
    var status = 200

    @Option(
        help: ArgumentHelp("Write the exact body of the last request to this file, with mode 0600.", valueName: "file"))
    var out: String?

    @Option(help: ArgumentHelp("Stop after this many seconds; decimals are allowed.", valueName: "seconds"))
    var timeout: Double?

    func validate() throws {
        guard (200...599).contains(status) else { throw ValidationError("--status must be 200 to 599.") }
        if let count, count < 1 { throw ValidationError("--count must be at least 1.") }
        if let timeout, !(0.001...1_000_000).contains(timeout) {
            throw ValidationError("--timeout must be 0.001 to 1000000 seconds.")
        }
    }

    func run(on console: Console) async throws -> SandboxStatus {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let receiver = Receiver(status: status, count: count, file: out, console: console)
        if let out { try Receiver.checkFile(out) }
        let listener = try await SandboxListener.listen(port: Int(port)) { await receiver.response(to: $0) }
        try console.print("listening on \(listener.url)")
        await withTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { for await _ in receiver.end { break } }
            group.addTask { for await _ in signals { break } }
            if let timeout { group.addTask { try? await Task.sleep(for: .seconds(timeout)) } }
            await group.next()
        }
        await listener.stop()
        if let failure = await receiver.failure { throw failure }
        let received = await receiver.receivedCount
        guard let count, received < count else { return .success }
        console.note("only \(received) of \(count) requests arrived")
        return .unexpected
    }
}

/// Shows requests one at a time and sends the same status in response to each.
actor Receiver {
    static let shownByteCount = 2000

    private let status: Int
    private let count: Int?
    private let file: String?
    private let console: Console
    private let ended: AsyncStream<Void>.Continuation
    /// Yields an element when `count` requests have arrived, or when a request could not be shown.
    nonisolated let end: AsyncStream<Void>
    private(set) var receivedCount = 0
    private(set) var failure: (any Error)?

    init(status: Int = 200, count: Int? = nil, file: String? = nil, console: Console) {
        (self.status, self.count, self.file, self.console) = (status, count, file, console)
        (end, ended) = AsyncStream.makeStream(of: Void.self)
    }

    func response(to request: InboundRequest) -> Response {
        receivedCount += 1
        do {
            try console.print(Self.transcript(request, number: receivedCount))
            if let file { try Self.write(request.body, to: file) }
        } catch {
            failure = failure ?? error
            ended.yield()
        }
        if receivedCount == count { ended.yield() }
        return status == 204 || status == 304
            ? Response(status: status) : .json(status, "{\"received\":\(receivedCount)}\n")
    }

    static func transcript(_ request: InboundRequest, number: Int) -> String {
        let head =
            ["\(request.method) \(request.target.text) HTTP/1.1"]
            + request.headers.fields.map { "\($0.name): \($0.value)" }
        let digest = Hex.encode(SHA256.hash(data: request.body))
        var lines = ["", "--- request \(number)"] + head.map(TerminalText.escape)
        lines += ["", "body: \(request.body.count) bytes, sha256 \(digest)"]
        let text = String(decoding: request.body.prefix(shownByteCount), as: UTF8.self)
        if !text.isEmpty { lines.append(TerminalText.escape(text)) }
        let hidden = request.body.count - shownByteCount
        if hidden > 0 { lines.append("… and \(hidden) more bytes") }
        return lines.joined(separator: "\n")
    }

    /// Called before the first request. Fails if the file cannot be written. Replaces only a regular file, never a
    /// device or a folder.
    static func checkFile(_ path: String) throws {
        let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        let folder = URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false)
        guard type ?? .typeRegular == .typeRegular, FileManager.default.isWritableFile(atPath: folder) else {
            throw SandboxFailure(
                "cannot write \(path): it is not a regular file, or its folder is not writable", .cannotCreate)
        }
    }

    private static func write(_ body: [UInt8], to path: String) throws {
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(body), attributes: [.posixPermissions: 0o600])
        else { throw SandboxFailure("cannot write \(path)", .cannotCreate) }
    }
}
