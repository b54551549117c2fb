package import AsyncHTTPClient
internal import NIOCore

/// The HTTP client of the process, for provider calls and replays.
///
/// **The rule of this module: a request is sent once, as it is.** HTTP/1.1, TLS if the URL says https. No redirect is
/// followed and no request is repeated.
package enum OutboundHTTP {
    /// Shared by all requests of the process, and open until it ends. Requests that follow each other share a
    /// connection.
    package static let client = makeClient()

    /// - Parameter connectTimeout: for the connection and TLS. Nothing of the request has been sent before its end.
    package static func makeClient(connectTimeout: Duration = .seconds(10)) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = TimeAmount(connectTimeout)
        configuration.connectionPool.retryConnectionEstablishment = false
        // Shorter than servers keep idle connections: a request on one that the server is closing may be lost.
        configuration.connectionPool.idleTimeout = .seconds(2)
        return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }
}
