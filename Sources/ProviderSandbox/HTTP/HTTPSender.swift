internal import Deliveries
internal import OutboundHTTP

/// Sends requests once, without changing the header lines.
enum HTTPSender {
    /// There is no usable response.
    struct Failure: Error, Equatable {
        /// True if the request never reached the server.
        let isUnreachable: Bool
        let problem: String
    }

    private static let client = OutboundClient(.configured)

    /// - Parameter timeLimit: the maximum time until the last byte of the response.
    static func send(
        _ method: String, _ url: String, headers: [HeaderField] = [], body: [UInt8] = [],
        timeLimit: Duration = .seconds(10), responseByteCountLimit limit: Int = 64 * 1024
    ) async throws(Failure) -> Response {
        do throws(OutboundFailure) {
            let response = try await client.send(
                OutboundRequest(method, url, headers: headers, body: body), timeout: timeLimit,
                reading: .start(byteCount: limit))
            return Response(status: response.status, headers: response.headers, body: response.body)
        } catch {
            throw Failure(isUnreachable: !error.mayHaveArrived, problem: error.text)
        }
    }
}
