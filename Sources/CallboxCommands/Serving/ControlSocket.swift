internal import AsyncHTTPClient
internal import CallbackServer
internal import Deliveries
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import ReportArchive
internal import StrictJSON

/// The Unix-domain socket beside an archive, through which the command line asks a running server to write. It speaks HTTP,
/// so the door's own listener serves it; the file's mode, 0600, says who may ask.
enum ControlSocket {
    /// Room for a link with the longest externalInfo.
    private static let bodyByteCountLimit = 1024 * 1024
    /// Room for the largest record that an import reads, or for a batch of small ones with every byte escaped.
    private static let importByteCountLimit = ImportInput.textByteCountLimit + 16 * 1024 * 1024

    /// The server's side. Requests are carried out on `pool`, for they wait for the writer.
    static func application(
        _ work: ControlWork, pool: NIOThreadPool, now: @escaping @Sendable () -> Timestamp
    ) -> ServerApplication {
        ServerApplication(
            now: now,
            admit: { head in
                let isImport = head.target.path == ControlRequest.importPath
                return .read(bodyByteCountLimit: isImport ? importByteCountLimit : bodyByteCountLimit)
            },
            respond: { request, respond in
                guard request.method == "POST",
                    let control = ControlRequest(path: request.target.path, body: request.body)
                else { return respond(.json(400, #"{"error":"this is no control request"}"#)) }
                pool.submit { _ in respond(answer(control, work)) }
            })
    }

    private static func answer(_ request: ControlRequest, _ work: ControlWork) -> Answer {
        do throws(CommandFailure) {
            return .json(200, try work(request).compact)
        } catch {
            let members: [JSONText.Member] = [
                .init("status", .integer(Int64(error.status.rawValue))), .init("error", .string(error.message)),
                .init("advice", .optional(error.advice)),
            ]
            return .json(409, JSONText.object(members).compact)
        }
    }

    /// The command line's side: hands a request to the server that has the archive and gives what it answers.
    static func send(_ request: ControlRequest, to location: ArchiveLocation) async throws(CommandFailure)
        -> JSONDocument
    {
        guard let url = URL(httpURLWithSocketPath: location.controlSocketPath, uri: request.path) else {
            throw CommandFailure(.internalFailure, "the path of the control socket cannot be written as a URL")
        }
        var post = HTTPClientRequest(url: url.absoluteString)
        post.method = .POST
        // The client sends none over a socket file, and HTTP/1.1 wants one.
        post.headers.add(name: "Host", value: "localhost")
        post.body = .bytes(Array(request.body.utf8))
        var configuration = HTTPClient.Configuration()
        // A socket file where nobody listens does not come to life while we wait.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        let status: Int
        let document: JSONDocument
        do {
            let response = try await client.execute(post, timeout: .minutes(10))
            let body = try await response.body.collect(upTo: bodyByteCountLimit)
            document = try JSONDocument(parsing: Array(body.readableBytesView))
            status = Int(response.status.code)
            // Nothing is left to lose when the client does not close in order.
            try? await client.shutdown()
        } catch {
            try? await client.shutdown()
            throw CommandFailure(
                .tryAgain, "another process holds the archive and does not answer on \(location.controlSocketPath)",
                advice: "Stop it, or wait until it is done.")
        }
        guard status == 200 else {
            let code = document.root["status"]?.integer.flatMap { ExitStatus(rawValue: Int32(clamping: $0)) }
            throw CommandFailure(
                code ?? .inputOutput, document.root["error"]?.string ?? "the running server could not do it",
                advice: document.root["advice"]?.string)
        }
        return document
    }
}
