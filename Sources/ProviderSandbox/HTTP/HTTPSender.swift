internal import AsyncHTTPClient
internal import Deliveries
internal import NIOCore
internal import NIOHTTP1
internal import OutboundHTTP

/// Sends requests once, without changes to the header lines.
enum HTTPSender {
    /// No usable response.
    struct Failure: Error, Equatable {
        /// False if a connection was made.
        let isUnreachable: Bool
        let problem: String
    }

    private static let client = OutboundClient(.configured)

    /// - Parameter timeLimit: to the last byte of the response.
    static func send(
        _ method: String, _ url: String, headers: [HeaderField] = [], body: [UInt8] = [],
        timeLimit: Duration = .seconds(10), responseByteCountLimit limit: Int = 64 * 1024
    ) async throws(Failure) -> Response {
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        for field in headers { request.headers.add(name: field.name, value: field.value) }
        if method != "GET" || !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
        do throws(OutboundFailure) {
            return try await client.send(request, timeout: timeLimit) { response in
                var kept: [UInt8] = []
                for try await part in response.body {
                    kept.append(contentsOf: part.readableBytesView.prefix(limit - kept.count))
                    if kept.count == limit { break }
                }
                let fields = response.headers.map { HeaderField($0.name, $0.value) }
                return Response(status: Int(response.status.code), headers: fields, body: kept)
            }
        } catch {
            throw Failure(isUnreachable: !error.mayHaveArrived, problem: error.text)
        }
    }
}
