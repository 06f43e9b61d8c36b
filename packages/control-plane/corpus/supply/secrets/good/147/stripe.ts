const stripe = loadStripe("pk_live_eCZpLPK9BdQXymB4SYsfzR1i");
