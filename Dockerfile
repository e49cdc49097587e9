# One static binary in an empty image, run as nobody in particular.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -tags nodynamic -ldflags "-s -w" -o /awil ./cmd/awil \
 && mkdir -p /data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/share/zoneinfo /usr/share/zoneinfo
COPY --from=build /awil /awil
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
ENV AWIL_ADDR=0.0.0.0:8080 AWIL_DATA_DIR=/data
VOLUME /data
EXPOSE 8080
# Lets running jobs finish.
STOPSIGNAL SIGTERM
ENTRYPOINT ["/awil"]
CMD ["serve"]
