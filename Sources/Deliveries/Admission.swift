package enum Admission: Sendable {
    /// Responds to a whole request, exactly once and on any thread.
    package typealias Respond = @Sendable (InboundRequest, @escaping @Sendable (Response) -> Void) -> Void

    /// Read the body, up to this many bytes (413 if it is longer), and pass the request to `respond`.
    case read(bodyByteCountLimit: Int, respond: Respond)
    /// Respond at once, without reading the body.
    case reject(Response)
}
