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
    private static let bodyByteCountLimit = 64 * 1024

    /// The server's side. Requests are carried out on `pool`, for they wait for the writer.
    static func application(
        _ writer: ArchiveWriter, pool: NIOThreadPool, now: @escaping @Sendable () -> Timestamp
    ) -> ServerApplication {
        ServerApplication(
            now: now,
            admit: { _ in .read(bodyByteCountLimit: bodyByteCountLimit) },
            respond: { request, respond in
                guard request.method == "POST",
                    let control = ControlRequest(path: request.target.path, body: request.body)
                else { return respond(.json(400, #"{"error":"this is no control request"}"#)) }
                pool.submit { _ in respond(carryOut(control, writer)) }
            })
    }

    private static func carryOut(_ request: ControlRequest, _ writer: ArchiveWriter) -> Answer {
        do throws(ArchiveError) {
            switch request {
            case .recordReplay(let record): try writer.record(record)
            case .rebuild: try writer.clearProjection()
            }
            return .json(200, #"{"ok":true}"#)
        } catch {
            return .json(500, JSONText.object([.init("error", .string(CommandFailure(error).message))]).compact)
        }
    }

    /// The command line's side: hands a request to the server that has the archive.
    static func send(_ request: ControlRequest, to location: ArchiveLocation) async throws(CommandFailure) {
        guard let url = URL(httpURLWithSocketPath: location.controlSocketPath, uri: request.path) else {
            throw CommandFailure(.internalFailure, "the path of the control socket cannot be written as a URL")
        }
        var post = HTTPClientRequest(url: url.absoluteString)
        post.method = .POST
        post.body = .bytes(Array(request.body.utf8))
        let status: Int
        do {
            let response = try await HTTPClient.shared.execute(post, timeout: .seconds(30))
            _ = try await response.body.collect(upTo: bodyByteCountLimit)
            status = Int(response.status.code)
        } catch {
            throw CommandFailure(
                .tryAgain, "another process holds the archive and does not answer on \(location.controlSocketPath)",
                advice: "Stop it, or wait until it is done.")
        }
        guard status == 200 else {
            throw CommandFailure(
                .inputOutput, "the running server could not do it (status \(status)); its log says why")
        }
    }
}
