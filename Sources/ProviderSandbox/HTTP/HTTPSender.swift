internal import Deliveries
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
