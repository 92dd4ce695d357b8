-- Frames of the bus that are too long for a notification. Not worth a log: they live for a minute.
CREATE UNLOGGED TABLE "bus_frame" (
	"id" text PRIMARY KEY,
	"frame" text NOT NULL,
	"kept_until" bigint NOT NULL
);
