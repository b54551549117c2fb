package enum Admission: Sendable {
    /// A function that responds to a complete request, exactly once and on any thread.
    package typealias Respond = @Sendable (InboundRequest, @escaping @Sendable (Response) -> Void) -> Void

    /// Read the body up to this length, then pass the request to `respond`. A longer body gets 413.
    case read(bodyByteCountLimit: Int, respond: Respond)
    /// Respond at once, without reading the body.
    case reject(Response)
}
