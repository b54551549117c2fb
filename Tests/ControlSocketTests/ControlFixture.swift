import Foundation
import TestKit

@testable import ControlSocket

enum Question: Codable, Sendable {
    case echo(String)
    /// Request this number of progress responses, then `done`.
    case count(Int)
    /// Request a text of this length, or `done` if the text is too large.
    case large(Int)
}

enum Response: Codable, Hashable, Sendable {
    case text(String)
    case progress(Int)
    case done
}

typealias Client = ControlClient<Question, Response>
typealias Server = ControlServer<Question, Response>

/// A server in its own folder.
struct ControlFixture: Sendable {
    let folder: TemporaryFolder
    let server: Server
    private let log = Pending<[ControlEvent]>([])

    var path: String { folder.path(of: "control.sock") }
    var events: [ControlEvent] { log.value }

    init(
        limits: ControlLimits = ControlLimits(), allowedUserIDs: Set<UInt32>? = nil,
        handle: @escaping Server.Handler = Self.response
    ) throws {
        folder = try TemporaryFolder()
        server = Server(
            path: folder.path(of: "control.sock"), limits: limits, allowedUserIDs: allowedUserIDs,
            observe: { [log] event in log.change { $0.append(event) } }, handle: handle)
    }

    /// Runs `body` while a server with these limits runs.
    static func with<Value>(
        _ change: (inout ControlLimits) -> Void = { _ in }, allowedUserIDs: Set<UInt32>? = nil,
        handle: @escaping Server.Handler = Self.response, _ body: (ControlFixture) throws -> Value
    ) throws -> Value {
        var limits = ControlLimits()
        change(&limits)
        let fixture = try ControlFixture(limits: limits, allowedUserIDs: allowedUserIDs, handle: handle)
        try fixture.server.start()
        defer { fixture.server.stop() }
        return try body(fixture)
    }

    @Sendable
    static func response(_ question: Question, _ send: (Response) throws(ControlFailure) -> Void) {
        do throws(ControlFailure) {
            switch question {
            case .echo(let text): try send(.text(text))
            case .count(let count):
                for number in 0..<count { try send(.progress(number)) }
                try send(.done)
            case .large(let byteCount):
                do throws(ControlFailure) {
                    try send(.text(String(repeating: "x", count: byteCount)))
                } catch .tooLarge {
                    try send(.done)
                }
            }
        } catch {
            // Ignores the error because the client has disconnected.
        }
    }

    func connect(responseTimeout: Duration = .seconds(30)) throws -> Client {
        try Client.connect(path: path, responseTimeout: responseTimeout)
    }

    /// A connection on which a test can send any bytes.
    func connectRaw() throws -> ControlChannel {
        ControlChannel(try ControlAddress(path).connect(), limits: ControlLimits())
    }
}

extension ControlClient where Request == Question, Response == Response {
    func request(_ question: Question) throws -> Response? {
        try send(question)
        return try receive()
    }
}

extension ControlChannel {
    /// The failure in the next frame; nil if the frame is a response.
    func receiveFailure() throws -> ControlFailure? {
        guard let byteCount = try readLength(within: .seconds(30)) else { return nil }
        guard case .failure(let failure) = try readMessage(ControlReply<Response>.self, byteCount: byteCount) else {
            return nil
        }
        return failure
    }

    var isAtEnd: Bool {
        get throws { try readLength(within: .seconds(30)) == nil }
    }

    func writeFrame(_ content: some Sequence<UInt8>) throws {
        let content = Data(content)
        try write(withUnsafeBytes(of: UInt32(content.count).bigEndian) { Data($0) } + content)
    }
}

func failure(of work: () throws -> some Any) -> ControlFailure? {
    do {
        _ = try work()
        return nil
    } catch {
        return error as? ControlFailure
    }
}
